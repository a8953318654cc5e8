"""Migrations as a deploy runs them: in a container of their own, before the service."""

from __future__ import annotations

from contextlib import ExitStack, suppress

from local_engine.runtime.docker.verifying.groups.deployed import (
    MIGRATE,
    controls_of,
    wait_for_waiting,
)
from local_engine.runtime.docker.verifying.siblings import Ended
from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed, NotApplicable, SetUpFailed
from local_engine.verification.context import Context

_FILES = "migrations/*.up.sql"
_GATE = "CREATE TABLE schema_migrations ()"
"""Never committed. Who makes this table meanwhile waits for what becomes of it."""


def _empty(context: Context) -> None:
    controls = controls_of(context)
    try:
        controls.empty_database()
        _applied(context, "an empty database", controls.siblings.run(MIGRATE))
    finally:
        context.reset()


def _previous(context: Context) -> None:
    """The last migration is taken back and applied again, with accounts and rows of each kind."""
    controls = controls_of(context)
    count = _count(context)
    if count < 2:
        raise NotApplicable("there is no migration before the last one")
    context.reset()
    for entity in context.application.own_entities:
        with suppress(SetUpFailed):  # why one cannot be made is for other checks to say
            context.world.create(entity.name)
    try:
        controls.migrate("down", "--to", str(count - 1), "--yes")
        before = _rows(context)
        _applied(context, "the previous version's database", controls.siblings.run(MIGRATE))
        now = _rows(context)
        for table, number in before.items():
            expect.holds(
                now.get(table) == number, f"{number} rows of {table}", f"{now.get(table, 'none')}"
            )
    finally:
        context.reset()


def _rows(context: Context) -> dict[str, int]:
    """The number of rows of each table of the Blueprint's that is there."""
    query, found = context.controls.query, {}
    for table in ("users", *(entity.table for entity in context.application.own_entities)):
        (there,) = query("SELECT to_regclass(quote_ident(%s)) IS NOT NULL AS known", [table])
        if there["known"]:
            # The name is the Blueprint's, and no value.
            (row,) = query(f'SELECT count(*) AS number FROM "{table}"')  # noqa: S608
            found[table] = int(row["number"])
    return found


def _race(context: Context) -> None:
    """Both are held at their first step and go on at the same moment."""
    controls = controls_of(context)
    siblings = controls.siblings
    try:
        controls.empty_database()
        with ExitStack() as both:
            with controls.hold_lock(_GATE):
                one, other = (both.enter_context(siblings.one(MIGRATE)) for _ in range(2))
                wait_for_waiting(context, 2)
            ended = siblings.ended(one), siblings.ended(other)
        _applied(context, "an empty database, twice at once", *ended)
    finally:
        context.reset()


def _applied(context: Context, what: str, *ended: Ended) -> None:
    """The commands went well, each migration is applied once, and the service is ready."""
    bad = [one for one in ended if one.exit_code]
    if bad:
        raise CheckFailed(f"`python -m app migrate` on {what} ends with 0", str(bad[0]))
    count = _count(context)
    rows = context.controls.query("SELECT count(*) AS number FROM schema_migrations")
    expect.holds(
        rows[0]["number"] == count, f"{count} migrations are applied", f"{rows[0]['number']} are"
    )
    context.reconnect()


def _count(context: Context) -> int:
    return len(list(context.controls.project.glob(_FILES)))


CHECKS = (
    ("migrates.empty", "An empty database is migrated before the service starts.", _empty, False),
    ("migrates.previous", "The previous version's database is migrated.", _previous, False),
    ("migrates.race", "Two replicas that migrate at once do it once.", _race, False),
)
