"""Migrations as the files of a project have them, to be run on a copy of its database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.runtime.snapshots.files import Applied

if TYPE_CHECKING:
    from local_engine.runtime.postgres.databases import Connection

_UP = re.compile(r"migrations/(\d{4})_([a-z0-9_]+)\.up\.sql")
_KNOWN = "SELECT to_regclass('public.schema_migrations') IS NOT NULL"


@dataclass(frozen=True)
class Script:
    """A migration: what it is and its SQL, forward and, where there is a way, back."""

    applied: Applied
    up: str
    down: str | None = None

    @property
    def title(self) -> str:
        """Number and name as in the file's name."""
        return f"{self.applied.number:04d}_{self.applied.name}"


class ScriptFailedError(Exception):
    """PostgreSQL refused a migration: which, and in its own words why."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(f"{title}: {message}")
        self.title = title
        self.message = message


def scripts_of(contents: Mapping[str, bytes]) -> tuple[Script, ...]:
    """The migrations among the files of a project (by their paths), in their order."""
    found = []
    for path, content in contents.items():
        parts = _UP.fullmatch(path)
        if parts is None:
            continue
        up = content.decode("utf-8", "replace")
        down = contents.get(path.removesuffix(".up.sql") + ".down.sql")
        found.append(
            Script(
                Applied(int(parts[1]), parts[2], checksum_of(up)),
                up,
                None if down is None else down.decode("utf-8", "replace"),
            )
        )
    return tuple(sorted(found, key=lambda script: script.applied.number))


def scripts_in(project: Path) -> tuple[Script, ...]:
    """The migrations in a project's folder."""
    files = (project / "migrations").glob("*.sql")
    return scripts_of({f"migrations/{path.name}": path.read_bytes() for path in files})


def checksum_of(sql: str) -> str:
    """As the project's own `migrate` computes it: SHA-256 without regard to line ends."""
    return hashlib.sha256(sql.replace("\r\n", "\n").encode()).hexdigest()


def applied_to(connection: Connection) -> tuple[Applied, ...]:
    """The migrations that a database has, in order; none in one that is empty."""
    row = connection.execute(_KNOWN).fetchone()
    if row is None or not row[0]:
        return ()
    rows = connection.execute(
        "SELECT number, name, checksum FROM schema_migrations ORDER BY number"
    )
    return tuple(Applied(*row) for row in rows)


def missing_from(
    applied: Iterable[Applied], scripts: Iterable[Script]
) -> tuple[Script, ...] | None:
    """Those that lead on from what is applied; None where the two have parted."""
    present, known = list(applied), list(scripts)
    if [one.applied for one in known[: len(present)]] != present:
        return None
    return tuple(known[len(present) :])


def run_up(connection: Connection, scripts: Iterable[Script], role: str) -> None:
    """Apply migrations as their owner would, each in a transaction. Raises ScriptFailedError."""
    for script in scripts:
        applied = script.applied
        _run(connection, script.title, script.up, role)
        connection.execute(
            "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
            [applied.number, applied.name, applied.checksum],
        )
        connection.commit()


def run_down(connection: Connection, scripts: Iterable[Script], role: str) -> None:
    """Take migrations back, the last one first. Raises ScriptFailedError, also for no way back."""
    for script in sorted(scripts, key=lambda one: -one.applied.number):
        if script.down is None:
            raise ScriptFailedError(script.title, "there is no way back")
        _run(connection, script.title, script.down, role)
        connection.execute(
            "DELETE FROM schema_migrations WHERE number = %s", [script.applied.number]
        )
        connection.commit()


def _run(connection: Connection, title: str, text: str, role: str) -> None:
    import psycopg

    try:
        connection.execute("SELECT set_config('role', %s, true)", [role])
        connection.execute(text.encode())
    except psycopg.Error as error:
        connection.rollback()
        message = str(error).strip().partition("\n")[0] or repr(error)
        raise ScriptFailedError(title, message) from None
