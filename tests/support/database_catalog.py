"""What a database contains, read from PostgreSQL's catalog in a form that can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

import local_engine.generator.emit.fastapi.fixed as fixed_part

Connection = psycopg.Connection[tuple[Any, ...]]
CORE = Path(fixed_part.__file__).parent / "migrations" / "0001_core.up.sql"

_NO_EXTENSION = """
    NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')
"""
_QUERIES = {
    "tables": """
        SELECT c.relname, obj_description(c.oid, 'pg_class')
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    """,
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attgenerated, pg_get_expr(d.adbin, d.adrelid),
               CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation::text END,
               col_description(c.oid, a.attnum)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND a.attnum > 0 AND NOT a.attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, convalidated, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0
    """,
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    """,
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": f"""
        SELECT p.proname, pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc')
        FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND {_NO_EXTENSION.format(oid="p.oid")}
    """,
}

Catalog = dict[str, list[tuple[Any, ...]]]


def catalog(connection: Connection) -> Catalog:
    """Everything in the schema `public`, sorted. Names of NOT NULL constraints do not count."""
    return {
        kind: sorted(connection.execute(query).fetchall(), key=repr)
        for kind, query in _QUERIES.items()
    }


def install_core(connection: Connection) -> None:
    """The tables of the fixed migration."""
    connection.execute(CORE.read_text(encoding="utf-8").encode())
    connection.commit()
