"""Persistence: what was answered with success is still there after the service has ended."""

from collections.abc import Iterator
from contextlib import suppress

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.controls import Migrates
from local_engine.verification.http import Exchange
from local_engine.verification.registry import Group
from local_engine.verification.world import CannotMake, Created

_MOST_ROWS = 4


def checks(_: Application) -> Iterator[Check]:
    """The checks of this group; the database is empty after the last one."""
    yield Check("persistence.stop", "Rows survive an orderly stop of the service.", _stop)
    yield Check("persistence.kill", "A row answered with 201 survives a kill right after.", _kill)
    yield Check("persistence.migrations", "The schema can be taken down and up again.", _migrations)


GROUP = Group(
    "persistence", "Data survives restarts, and migrations go both ways", checks, effort=3
)


def _rows(context: Context, most: int) -> list[tuple[Actor, Exchange]]:
    """Rows of several entities, as somebody reads them."""
    made: list[tuple[Actor, Created]] = []
    for entity in context.application.own_entities:
        if len(made) == most or not {"create", "read"} <= set(entity.actions):
            continue
        with suppress(CannotMake):
            row = context.world.create(entity.name)
            reader = context.world.who_can(entity.name, "read", row)
            made += [(reader, row)] if reader else []
    if not made:
        raise SetUpFailed("no row could be made that somebody may read")
    # Only now: making one row may have changed another, by what is derived from it.
    read = [(reader, context.http.send("GET", row.path, actor=reader)) for reader, row in made]
    return [(reader, expect.set_up(answer, 200)) for reader, answer in read]


def _still_there(context: Context, rows: list[tuple[Actor, Exchange]], after: str) -> None:
    for actor, before in rows:
        now = context.http.send("GET", before.request.target, actor=actor)
        expect.status_is(now, 200, why=f"the row was there before {after}", before=[before])
        expect.holds(now.json == before.json, "the same row", now.text[:300], before, now)


def _stop(context: Context) -> None:
    rows = _rows(context, _MOST_ROWS)
    context.restart()
    _still_there(context, rows, "the stop")


def _kill(context: Context) -> None:
    rows = _rows(context, 1)
    context.restart(kill=True)
    _still_there(context, rows, "the kill")


def _migrations(context: Context) -> None:
    controls = context.controls
    if not isinstance(controls, Migrates):
        raise SetUpFailed("the verifier has no way to run migrations here")
    try:
        controls.migrate("down", "--to", "0", "--yes")
        left = context.controls.query(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'schema_migrations'"
        )
        controls.migrate("up")
    except Exception as error:
        raise CheckFailed("migrate down --to 0, then up", str(error)) from error
    names = sorted(str(row["tablename"]) for row in left)
    if names:
        raise CheckFailed("no table after the way down", f"left: {', '.join(names)}")
    context.restart()
    expect.status_is(context.http.send("GET", "/ready"), 200, why="the schema is there again")
