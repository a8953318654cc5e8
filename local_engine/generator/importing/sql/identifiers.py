"""Names of tables, columns and types in syntax trees, as their dialect compares them."""

from __future__ import annotations

from sqlglot import exp

DEFAULT_SCHEMAS = ("public", "main", "dbo")
"""Schemas that are not part of a table's key."""


def name_of(node: exp.Expr | None, dialect: str) -> str:
    """The name of an identifier, column or index key; PostgreSQL keeps case only in quotes."""
    if node is None:
        return ""
    inner = node.this if isinstance(node, exp.Column | exp.Ordered | exp.ColumnPrefix) else node
    if isinstance(inner, exp.Column | exp.ColumnPrefix):
        inner = inner.this
    if not isinstance(inner, exp.Identifier):
        return str(inner.name if isinstance(inner, exp.Expr) else inner)
    return folded(str(inner.this), dialect, quoted=bool(inner.args.get("quoted")))


def folded(name: str, dialect: str, *, quoted: bool) -> str:
    """A name as the dialect stores it."""
    return name if quoted or dialect != "postgres" else name.lower()


def table_key(table: exp.Table, dialect: str) -> str:
    """The key of a table in `Schema.tables`; only PostgreSQL tells names apart by case."""
    name = name_of(table.this, dialect)
    schema = name_of(table.args.get("db"), dialect)
    key = f"{schema}.{name}" if schema and schema not in DEFAULT_SCHEMAS else name
    return key if dialect == "postgres" else key.lower()
