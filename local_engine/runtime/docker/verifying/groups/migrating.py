"""Migrations as a deploy runs them: in a container of their own, before the service."""

from __future__ import annotations

import time
from contextlib import ExitStack

from local_engine.runtime.docker.verifying.groups.deployed import MIGRATE, controls_of
from local_engine.runtime.docker.verifying.siblings import Ended
from local_engine.verification import expect
from local_engine.verification.checks import CheckFailed, NotApplicable, SetUpFailed
from local_engine.verification.context import Context

_FILES = "migrations/*.up.sql"
_GATE = "CREATE TABLE schema_migrations ()"
"""Never committed. Who makes this table meanwhile waits for what becomes of it."""
_WAITING = """
    SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
_WAIT_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


def _empty(context: Context) -> None:
    controls = controls_of(context)
    try:
        controls.empty_database()
        _applied(context, "an empty database", controls.siblings.run(MIGRATE))
    finally:
        context.reset()


def _previous(context: Context) -> None:
    """The accounts were there before the last migration; it is taken back and applied again."""
    controls = controls_of(context)
    count = _count(context)
    if count < 2:
        raise NotApplicable("there is no migration before the last one")
    context.reset()
    users = controls.query("SELECT count(*) AS number FROM users")
    try:
        controls.migrate("down", "--to", str(count - 1), "--yes")
        _applied(context, "the previous version's database", controls.siblings.run(MIGRATE))
        now = controls.query("SELECT count(*) AS number FROM users")
        expect.holds(now == users, f"{users[0]['number']} accounts", f"{now[0]['number']}")
    finally:
        context.reset()


def _race(context: Context) -> None:
    """Both are held at their first step and go on at the same moment."""
    controls = controls_of(context)
    siblings = controls.siblings
    try:
        controls.empty_database()
        with ExitStack() as both:
            with controls.hold_lock(_GATE):
                one, other = (both.enter_context(siblings.one(MIGRATE)) for _ in range(2))
                _wait_for_both(context)
            ended = siblings.ended(one), siblings.ended(other)
        _applied(context, "an empty database, twice at once", *ended)
    finally:
        context.reset()


def _wait_for_both(context: Context) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while context.controls.query(_WAITING)[0]["number"] < 2:
        if time.monotonic() > deadline:
            raise SetUpFailed("the two did not come to wait for one another")
        time.sleep(_PAUSE_SECONDS)


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
