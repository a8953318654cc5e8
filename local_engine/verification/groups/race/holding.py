"""Transactions held at their end: all have read and written before the first is committed.

A trigger that is put off to the commit asks for a lock that the verifier has. So no request sees
what another one does, unless it waits for it by a lock or a constraint of its own, as it must.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local_engine.verification.context import Context

KEY = 0x67617465  # any number that no project uses for an advisory lock
FUNCTION = f"""
CREATE FUNCTION verifier_gate() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared({KEY}); RETURN NULL; END $$
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER verifier_gate AFTER INSERT OR UPDATE OR DELETE ON "{table}"
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION verifier_gate()
"""


REMOVAL = "DROP FUNCTION verifier_gate() CASCADE"


@contextmanager
def commits_held(context: Context) -> Iterator[None]:
    """Let no transaction that has written rows of an entity end until this block is left."""
    context.once("commits can be held", lambda: _install(context))
    with context.controls.hold_lock(f"SELECT pg_advisory_xact_lock({KEY})"):
        yield


def _install(context: Context) -> None:
    tables = {entity.table for entity in context.application.entities.values()}
    triggers = [TRIGGER.format(table=table) for table in sorted(tables)]
    context.controls.query(";".join([FUNCTION, *triggers]))
    # A schema that is what it was is put back by its rows alone, in a tenth of the time.
    context.until_reset.callback(context.controls.query, REMOVAL)
