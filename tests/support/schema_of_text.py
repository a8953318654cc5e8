"""Blueprints as text, their schemas, and databases that have them."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from database_catalog import Connection, install_core

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.relational import render, schema_of

USER = "00000000-0000-7000-8000-000000000001"


def application_of(text: str) -> Application:
    """The application of a Blueprint's text, which must have no problems."""
    return load(text).application


def install(connection: Connection, application: Application) -> None:
    """Creates all tables of the application, and one user."""
    install_core(connection)
    connection.execute(render(schema_of(application)).encode())
    add_user(connection, USER)
    connection.commit()


def add_user(connection: Connection, user: str) -> str:
    """A user with that id; gives the id."""
    connection.execute(
        "INSERT INTO users (id, email, password_hash) VALUES (%s, %s, 'x')",
        (user, f"{user}@example.org"),
    )
    return user


def insert(connection: Connection, table: str, **values: Any) -> str:
    """A new row; gives its id."""
    columns = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING id"
    if not values:
        statement = f"INSERT INTO {table} DEFAULT VALUES RETURNING id"
    row = connection.execute(statement.encode(), list(values.values())).fetchone()
    assert row is not None
    return str(row[0])


def value(connection: Connection, statement: str, *parameters: Any) -> Any:
    """The only value of the first row."""
    row = connection.execute(statement.encode(), parameters).fetchone()
    assert row is not None, statement
    return row[0]


def violated(connection: Connection, statement: str, *parameters: Any) -> str:
    """The name of the constraint that the statement breaks; the transaction goes on without it."""
    with pytest.raises(psycopg.IntegrityError) as violation, connection.transaction():
        connection.execute(statement.encode(), parameters)
    assert violation.value.diag.constraint_name, violation.value
    return violation.value.diag.constraint_name
