"""Databases of a server: one a project, each with a role of its own that sees no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from local_engine.runtime.ports import LOOPBACK

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED = frozenset({"postgres", "template0", "template1", "public", "none"})

SCRAM_ITERATIONS = 1
_TERMINATION_SECONDS = 5.0

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Database:
    """A database and how its owner reaches it. The password is not shown by `repr`."""

    name: str
    role: str
    url: str

    def __repr__(self) -> str:
        return f"Database(name={self.name!r}, role={self.role!r})"


def check_name(name: str) -> str:
    """The name, if a database may have it; raises `ValueError` otherwise."""
    if not NAME.fullmatch(name) or name in RESERVED or name.startswith("pg_"):
        raise ValueError(
            f"{name!r} cannot be the name of a database. Use 1 to 63 small Latin letters, digits "
            "and underscores, beginning with a letter; not pg_... and no name of PostgreSQL's own."
        )
    return name


def url(role: str, password: str, port: int, database: str) -> str:
    """A connection string; none of its parts needs quoting (see `check_name`)."""
    return f"postgresql://{role}:{password}@{LOOPBACK}:{port}/{database}"


def one_at_a_time(connection: Connection, *names: str) -> None:
    """Wait until nobody else works on these databases, and keep others out until disconnecting."""
    for name in sorted({*names}):  # in one order, so that two callers never wait for each other
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])


def owner_of(connection: Connection, name: str) -> str | None:
    """The role that owns the database; None when there is no such database."""
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return None if row is None else str(row[0])


def ensure_role(connection: Connection, role: str, password: str) -> None:
    """Create the role, which may do nothing but log in, or give it this password."""
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = (
        "ALTER ROLE {role} LOGIN PASSWORD {verifier}"
        if known
        else "CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
        " NOBYPASSRLS PASSWORD {verifier}"
    )
    connection.execute(
        sql.SQL(statement).format(
            role=sql.Identifier(role), verifier=sql.Literal(_verifier(password))
        )
    )


def _verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5803).

    Iterations make guessing dear where people choose passwords. Ours are 256 random bits, and each
    connection of a service would pay 5 ms for the usual 4,096.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    client, server = (hmac.digest(salted, key, "sha256") for key in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    salt64, stored64, server64 = (
        base64.b64encode(part).decode() for part in (salt, stored, server)
    )
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{salt64}${stored64}:{server64}"


def create(connection: Connection, name: str, role: str, *, strategy: str) -> None:
    """Create an empty database, closed to everyone until `open_to_owner`."""
    _create_from(connection, "template0", name, role, strategy=strategy)


def open_to_owner(connection: Connection, name: str) -> None:
    """Let the owner connect to it, and to no other: not to PostgreSQL's own databases either."""
    connection.execute(
        sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {}, postgres, template1 FROM PUBLIC").format(
            sql.Identifier(name)
        )
    )
    _allow_connections(connection, name, allowed=True)


def copy(connection: Connection, source: str, target: str, *, strategy: str) -> str:
    """Replace `target` by a copy of `source`, ending all connections to both; returns the owner.

    Until the copy is complete, the old target stays. Raises `LookupError` when there is no source.
    """
    role = owner_of(connection, source)
    if role is None:
        raise LookupError(f"There is no database {source!r} to copy.")
    unfinished = beside(target, "copy")
    drop(connection, unfinished)
    try:
        _empty(connection, source)
        _create_from(connection, source, unfinished, role, strategy=strategy)
    finally:
        _allow_connections(connection, source, allowed=True)
    drop(connection, target)
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(unfinished), sql.Identifier(target)
        )
    )
    open_to_owner(connection, target)
    return role


def replace(connection: Connection, name: str, by: str) -> None:
    """Let the database `by` take the place and the name of another one, in one step.

    However this ends, `name` is one of the two, whole. All connections to both are ended.
    """
    old = beside(name, "old")
    drop(connection, old)
    try:
        _empty(connection, by)
        _empty(connection, name)
        with connection.transaction():
            for present, wanted in ((name, old), (by, name)):
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(present), sql.Identifier(wanted)
                    )
                )
    finally:
        open_to_owner(connection, name)
    drop(connection, old)


def beside(name: str, word: str) -> str:
    """The name of a database that belongs to another one, such as `old_…`."""
    return f"{word}_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def drop(connection: Connection, name: str) -> None:
    """Remove the database, if there is one, and end all connections to it."""
    if owner_of(connection, name) is None:
        return
    if not _is_half_dropped(connection, name):
        _empty(connection, name)
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _is_half_dropped(connection: Connection, name: str) -> bool:
    """Whether PostgreSQL died while dropping it: then it can only be dropped, and nobody is in."""
    marked = "SELECT 1 FROM pg_database WHERE datname = %s AND datconnlimit = -2"
    return connection.execute(marked, [name]).fetchone() is not None


def drop_role_without_database(connection: Connection, role: str) -> bool:
    """Remove the role unless it still owns a database; returns whether it is gone."""
    owns = connection.execute(
        "SELECT 1 FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE rolname = %s", [role]
    ).fetchone()
    if not owns:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    return not owns


def _empty(connection: Connection, name: str) -> None:
    """End all connections to the database and let no new ones in.

    `FORCE` and `CREATE DATABASE` wait in steps of 0.1 s for connections to end; this in far
    smaller ones.
    """
    # A connection pool would be back at once, so shut the door first.
    _allow_connections(connection, name, allowed=False)
    others = "FROM pg_stat_activity WHERE datname = %s"
    connection.execute(f"SELECT pg_terminate_backend(pid) {others}", [name])
    deadline = time.monotonic() + _TERMINATION_SECONDS
    while connection.execute(f"SELECT 1 {others}", [name]).fetchone():
        if time.monotonic() > deadline:  # FORCE and CREATE DATABASE then say what is wrong
            return
        time.sleep(0.001)


def _create_from(
    connection: Connection, template: str, name: str, role: str, *, strategy: str
) -> None:
    connection.execute(
        sql.SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {} ALLOW_CONNECTIONS false"
        ).format(
            sql.Identifier(name), sql.Identifier(role), sql.Identifier(template), sql.SQL(strategy)
        )
    )


def _allow_connections(connection: Connection, name: str, *, allowed: bool) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}").format(
            sql.Identifier(name), sql.Literal(allowed)
        )
    )
