"""What ALTER TABLE changes, in the order of the source."""

from __future__ import annotations

from sqlglot import exp

from local_engine.generator.importing.sql.definitions import Definitions
from local_engine.generator.importing.sql.identifiers import name_of
from local_engine.generator.importing.sql.tables import Schema, Table


def alter(schema: Schema, table: Table, tree: exp.Alter, dialect: str) -> None:
    """Applies every action of the statement; what is not known goes to the account."""
    definitions = Definitions(table, dialect, schema.account)
    for action in tree.args.get("actions") or ():
        match action:
            case exp.AddConstraint():
                for constraint in action.expressions:
                    definitions.add(constraint)
            case exp.ColumnDef():
                definitions.column(action)
            case exp.ModifyColumn(this=exp.ColumnDef() as changed):
                definitions.column(changed)
            case exp.AlterColumn() if name_of(action.this, dialect) in table.columns:
                _alter_column(definitions, table, action, dialect)
            case exp.RenameColumn() if name_of(action.this, dialect) in table.columns:
                old, new = name_of(action.this, dialect), name_of(action.args["to"], dialect)
                column = table.columns.pop(old)
                column.name = new
                table.columns[new] = column
            case exp.Drop(kind="COLUMN"):
                for dropped in action.args.get("tables") or [action.this]:
                    table.columns.pop(name_of(dropped, dialect), None)
            case _:
                schema.account.left_out(
                    f"{table.key}: {action.sql(dialect)[:200]}", "this change is not known here"
                )


def _alter_column(
    definitions: Definitions, table: Table, action: exp.AlterColumn, dialect: str
) -> None:
    column = table.columns[name_of(action.this, dialect)]
    if "allow_null" in action.args and action.args["allow_null"] is not None:
        column.nullable = bool(action.args["allow_null"])
    if action.args.get("default") is not None:
        definitions.set_default(column, action.args["default"])
    if action.args.get("drop") and action.args.get("allow_null") is None:
        column.default = None
    if action.args.get("dtype") is not None:
        column.type = action.args["dtype"]
    if action.args.get("comment") is not None:
        column.comment = action.args["comment"].name
