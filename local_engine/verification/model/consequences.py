"""Looks up in the service whether a request had all the effects that the model says."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.verification.http import Exchange
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row, Store
from local_engine.verification.model.world import ModelWorld

MOST = 12


def check_consequences(world: ModelWorld, before: Store, *exchanges: Exchange) -> None:
    """Read again every row that the model says has changed since; raises CheckFailed."""
    for row in list(_changed(world.model.store, before))[:MOST]:
        reader = world.reader(row)
        if reader is None:
            continue
        path = row_path(world.model.view, row)
        if not row.known:
            path = f"{path.rpartition('/')[0]}?limit=100"
        request = world.request("GET", path, reader)
        if world.model.decide(request).allowed:
            world.stage.check(request, before=exchanges)
    for row in list(_gone(world.model.store, before))[:MOST]:
        _check_gone(world, before, row, exchanges)


def _changed(now: Store, before: Store) -> Iterator[Row]:
    for name, table in now.tables.items():
        for row in table.values():
            old = before.find(name, row.id)
            if old is None or old.values != row.values or old.version != row.version:
                yield row


def _gone(now: Store, before: Store) -> Iterator[Row]:
    for name, table in before.tables.items():
        yield from (row for row in table.values() if row.known and now.find(name, row.id) is None)


def _check_gone(
    world: ModelWorld, before: Store, row: Row, exchanges: tuple[Exchange, ...]
) -> None:
    view = View(world.application, before, world.model.clock())
    for actor in world.cast.everybody():
        if world.judge_in(view, actor).readable(row):
            request = world.request("GET", row_path(view, row), actor)
            if 405 not in world.model.decide(request).statuses:
                world.stage.check(request, before=exchanges)
            return
