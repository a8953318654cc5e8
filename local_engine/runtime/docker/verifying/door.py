"""The way to a deployment's database from outside: only a verification opens it."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from local_engine.runtime.docker.specs import DATABASE, SUPERUSER, USER
from local_engine.runtime.ports import LOOPBACK
from local_engine.runtime.postgres import databases
from local_engine.runtime.postgres.contents import Contents, read_contents, restore_contents

TEMPLATE = "app_template"
_STRATEGY = "FILE_COPY"


class Door:
    """The database behind a port of 127.0.0.1, as its owner and as PostgreSQL's superuser."""

    def __init__(self, port: int, superuser_password: str, password: str) -> None:
        self._superuser = databases.url(SUPERUSER, superuser_password, port, "postgres")
        self._inside = databases.url(SUPERUSER, superuser_password, port, DATABASE)
        self.url = databases.url(USER, password, port, DATABASE)
        self.address = f"{LOOPBACK}:{port}"
        self._owner: psycopg.Connection[DictRow] | None = None
        self._contents: Contents | None = None

    def owner(self) -> psycopg.Connection[DictRow]:
        """A connection of the database's owner, kept for the next time."""
        if self._owner is None or self._owner.closed or self._owner.broken:
            self._owner = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        return self._owner

    def save(self) -> None:
        """Remember all rows, or keep a copy of the database where it holds more than rows."""
        with self._connected(self._inside) as connection:
            self._contents = read_contents(connection)
        if self._contents is None:
            self._copy(DATABASE, TEMPLATE)

    def bring_back(self) -> bool:
        """Make the database what was saved; False where more than rows has changed since."""
        if self._contents is None:
            self._copy(TEMPLATE, DATABASE)
            return True
        with self._connected(self._inside) as connection:
            return restore_contents(connection, USER, self._contents)

    def make_anew(self) -> None:
        """Give the database's owner an empty one."""
        self.close()
        with self._connected(self._superuser) as connection:
            databases.drop(connection, DATABASE)
            databases.create(connection, DATABASE, USER, strategy=_STRATEGY)
            databases.open_to_owner(connection, DATABASE)

    def close(self) -> None:
        """Give up the owner's connection."""
        if self._owner is not None:
            self._owner.close()

    def _copy(self, source: str, target: str) -> None:
        self.close()
        with self._connected(self._superuser) as connection:
            databases.copy(connection, source, target, strategy=_STRATEGY)

    @staticmethod
    def _connected(url: str) -> contextlib.closing[psycopg.Connection[Any]]:
        return contextlib.closing(psycopg.connect(url, autocommit=True))
