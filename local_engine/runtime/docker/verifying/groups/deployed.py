"""What the checks of these groups ask a deployment for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.runtime.docker.verifying.controls import DockerControls
from local_engine.verification.checks import NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Client, Exchange
from local_engine.verification.world import CannotMake, Draft

MIGRATE = ("python", "-m", "app", "migrate")
_WAITING = """
    SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
_WAIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


def controls_of(context: Context) -> DockerControls:
    """The deployment; SetUpFailed where something else is verified."""
    if not isinstance(context.controls, DockerControls):
        raise SetUpFailed("only a deployment to Docker can show this")
    return context.controls


def creatable(context: Context) -> tuple[Entity, Draft]:
    """An entity of which rows are made by a plain POST, and one that is ready to be sent."""
    for entity in context.application.own_entities:
        if {"create", "read"} <= set(entity.actions):
            with suppress(CannotMake):
                return entity, context.world.draft(entity.name)
    raise NotApplicable("no rows are made by a plain POST")


def drafts(context: Context, most: int) -> tuple[Entity, Iterator[Draft]]:
    """The same, and more of that entity, each made when it is asked for."""
    entity, first = creatable(context)

    def more() -> Iterator[Draft]:
        yield first
        for _ in range(most - 1):
            yield context.world.draft(entity.name)

    return entity, more()


def post(http: Client, draft: Draft, headers: Mapping[str, str] | None = None) -> Exchange:
    """Send a row that is ready."""
    return http.send("POST", draft.path, actor=draft.actor, json=draft.body, headers=headers)


def wait_for_waiting(context: Context, count: int) -> None:
    """Wait until so many sessions wait for a lock. Raises `SetUpFailed`."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while context.controls.query(_WAITING)[0]["number"] < count:
        if time.monotonic() > deadline:
            raise SetUpFailed(f"{count} did not come to wait for the lock that is held")
        time.sleep(_PAUSE_SECONDS)


def there(context: Context, entity: Entity, identity: Any) -> bool:
    """Whether the database holds a row."""
    # The name is the Blueprint's, and only parameters carry values.
    sql = f'SELECT 1 AS present FROM "{entity.table}" WHERE id = %s'  # noqa: S608
    return bool(context.controls.query(sql, [identity]))
