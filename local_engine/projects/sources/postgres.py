"""Reads the catalog of a running PostgreSQL and writes it as DDL, as pg_dump would.

Only the catalog is read, never a row: in one read-only transaction with time limits. What the
definitions say comes from PostgreSQL's own functions (pg_get_constraintdef and so on, see the
manual's "System Information Functions"), so that there is one way from DDL to a Blueprint.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from local_engine.projects.sources.errors import SourceError

CONNECT_SECONDS = 10
STATEMENT_MILLISECONDS = 30_000

_OWN = """
    n.nspname !~ '^pg_|^information_schema$' AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = o.tableoid AND d.objid = o.oid AND d.deptype = 'e'
    )
"""
"""What belongs to nobody else: neither to PostgreSQL itself nor to an extension."""
_ENUMS = f"""
    SELECT format('CREATE TYPE %%I.%%I AS ENUM (%%s)', n.nspname, o.typname,
        string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)) AS ddl
    FROM pg_type AS o JOIN pg_namespace AS n ON n.oid = o.typnamespace
    JOIN pg_enum AS e ON e.enumtypid = o.oid
    WHERE {_OWN}
    GROUP BY n.nspname, o.typname ORDER BY n.nspname, o.typname
"""
_DOMAINS = f"""
    SELECT format('CREATE DOMAIN %%I.%%I AS %%s %%s %%s', n.nspname, o.typname,
        format_type(o.typbasetype, o.typtypmod), CASE WHEN o.typnotnull THEN 'NOT NULL' END,
        (SELECT string_agg(pg_get_constraintdef(c.oid), ' ') FROM pg_constraint AS c
            WHERE c.contypid = o.oid AND c.contype = 'c')) AS ddl
    FROM pg_type AS o JOIN pg_namespace AS n ON n.oid = o.typnamespace
    WHERE o.typtype = 'd' AND {_OWN}
    ORDER BY n.nspname, o.typname
"""
_TABLES = f"""
    SELECT o.oid, format('%%I.%%I', n.nspname, o.relname) AS name,
        obj_description(o.oid, 'pg_class') AS comment
    FROM pg_class AS o JOIN pg_namespace AS n ON n.oid = o.relnamespace
    WHERE o.relkind IN ('r', 'p') AND NOT o.relispartition
        AND {_OWN}
    ORDER BY o.oid
"""
_COLUMNS = """
    SELECT a.attrelid AS oid, quote_ident(a.attname) AS name,
        format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
        a.attidentity <> '' AS identity, a.attgenerated <> '' AS generated,
        pg_get_expr(d.adbin, d.adrelid) AS expression,
        col_description(a.attrelid, a.attnum) AS comment
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname,
        pg_get_constraintdef(c.oid)) AS ddl
    FROM pg_constraint AS c
    WHERE c.conrelid = ANY (%s) AND c.contype IN ('p', 'u', 'f', 'c', 'x')
    ORDER BY c.contype = 'f', c.conrelid, c.oid
"""
_INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid) AS ddl FROM pg_index AS i
    WHERE i.indrelid = ANY (%s)
        AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid
            AND c.contype IN ('p', 'u', 'x'))
    ORDER BY i.indrelid, i.indexrelid
"""
_TRIGGERS = """
    SELECT pg_get_triggerdef(t.oid) AS ddl FROM pg_trigger AS t
    WHERE t.tgrelid = ANY (%s) AND NOT t.tgisinternal ORDER BY t.tgrelid, t.tgname
"""
_POLICIES = """
    SELECT format('CREATE POLICY %%I ON %%s', p.polname, p.polrelid::regclass) AS ddl
    FROM pg_policy AS p WHERE p.polrelid = ANY (%s) ORDER BY p.polrelid, p.polname
"""
_VIEWS = f"""
    SELECT format('CREATE VIEW %%I.%%I', n.nspname, o.relname) AS ddl
    FROM pg_class AS o JOIN pg_namespace AS n ON n.oid = o.relnamespace
    WHERE o.relkind IN ('v', 'm') AND {_OWN}
    ORDER BY n.nspname, o.relname
"""
_ROUTINES = f"""
    SELECT format('CREATE FUNCTION %%I.%%I', n.nspname, o.proname) AS ddl
    FROM pg_proc AS o JOIN pg_namespace AS n ON n.oid = o.pronamespace
    WHERE {_OWN} ORDER BY n.nspname, o.proname
"""


def has_password(address: str) -> bool:
    """Whether a connection string holds a password. Raises SourceError if it is none."""
    try:
        return bool(conninfo_to_dict(address).get("password"))
    except psycopg.ProgrammingError:
        raise SourceError(
            "this is not the address of a PostgreSQL database",
            "write it as postgresql://user@host:5432/database",
        ) from None


def read_postgres(address: str, password: str | None = None) -> str:
    """The DDL of a running PostgreSQL's own tables.

    `address` is a connection string without a password. Raises SourceError.
    """
    has_password(address)
    try:
        with psycopg.connect(
            address,
            connect_timeout=CONNECT_SECONDS,
            application_name="backend-generator import",
            options=f"-c statement_timeout={STATEMENT_MILLISECONDS} -c search_path=",
            row_factory=dict_row,
            password=password,  # None: libpq takes PGPASSWORD or ~/.pgpass
        ) as connection:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return "".join(f"{statement};\n" for statement in _statements(connection))
    except psycopg.OperationalError as failure:
        first = str(failure).strip().splitlines()[0] if str(failure).strip() else "no answer"
        raise SourceError(
            f"PostgreSQL refuses: {first}",
            "set PGPASSWORD, or give the password with --password-stdin; check address and user",
        ) from None
    except psycopg.Error as failure:
        raise SourceError(f"the catalog cannot be read: {failure.diag.message_primary}") from None


def _statements(connection: psycopg.Connection[dict[str, Any]]) -> Iterator[str]:
    for query in (_ENUMS, _DOMAINS):
        yield from (row["ddl"] for row in connection.execute(query, []))
    tables = connection.execute(_TABLES, []).fetchall()
    oids = [table["oid"] for table in tables]
    columns: dict[int, list[dict[str, Any]]] = {}
    for column in connection.execute(_COLUMNS, [oids]):
        columns.setdefault(column["oid"], []).append(column)
    for table in tables:
        yield from _table(table, columns.get(table["oid"], []))
    for query in (_CONSTRAINTS, _INDEXES, _TRIGGERS, _POLICIES):
        yield from (row["ddl"] for row in connection.execute(query, [oids]))
    for query in (_VIEWS, _ROUTINES):
        yield from (row["ddl"] for row in connection.execute(query, []))


def _table(table: dict[str, Any], columns: list[dict[str, Any]]) -> Iterator[str]:
    lines = ",\n".join(f"    {_column(column)}" for column in columns)
    yield f"CREATE TABLE {table['name']} (\n{lines}\n)"
    if table["comment"]:
        yield f"COMMENT ON TABLE {table['name']} IS {_literal(table['comment'])}"
    for column in columns:
        if column["comment"]:
            place = f"{table['name']}.{column['name']}"
            yield f"COMMENT ON COLUMN {place} IS {_literal(column['comment'])}"


def _column(column: dict[str, Any]) -> str:
    words = [column["name"], column["type"]]
    if column["generated"]:
        words.append(f"GENERATED ALWAYS AS ({column['expression']}) STORED")
    elif column["identity"]:
        words.append("GENERATED BY DEFAULT AS IDENTITY")
    elif column["expression"]:
        words.append(f"DEFAULT {column['expression']}")
    if column["required"]:
        words.append("NOT NULL")
    return " ".join(words)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
