"""Columns of a table as fields: type, whether it may be null, default, comment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlglot import exp

from local_engine.generator.importing.composing.draft import EntityDraft
from local_engine.generator.importing.naming import description, member_name
from local_engine.generator.importing.report import Account
from local_engine.generator.importing.sql.expressions import Translator, Untranslatable, plain
from local_engine.generator.importing.sql.tables import Column, Schema, Table
from local_engine.generator.importing.sql.types import TypedField, typed_field

_WORDS = ("string", "text", "email", "url", "enum")
_NUMBERS = ("integer", "decimal", "money")


class ColumnFields:
    """Makes the fields of one entity and remembers which column became which field."""

    def __init__(self, schema: Schema, table: Table, entity: EntityDraft) -> None:
        self._schema = schema
        self._account: Account = schema.account
        self._table = table
        self._entity = entity
        self.names: dict[str, str] = {}
        self.data: dict[str, dict[str, Any]] = {}
        self.renamed_values: dict[str, dict[str, str]] = {}

    def add(self, column: Column) -> None:
        """Adds the field of a column, or says why there is none."""
        source = f"{self._table.key}.{column.name}"
        typed = typed_field(column, self._schema)
        if typed is None:
            kind = column.type.sql() if column.type is not None else "?"
            self._account.left_out(source, f"there is no field type for {kind}")
            return
        name = member_name(column.name, self._entity.name, self._entity.members)
        path = f"{self._entity.path}.fields.{name}"
        data = typed.data
        if column.comment:
            data["description"] = description(column.comment)
        if data["type"] != "file" and column.nullable:
            data["optional"] = True
        self.names[column.name] = name
        self.data[column.name] = data
        self.renamed_values[column.name] = typed.renamed
        self._entity.fields[name] = data
        self._default(column, typed, path)
        if name != column.name:
            typed.assumed.append(f"the column {column.name} is called `{name}`")
        if typed.assumed:
            self._account.assumed(source, path, "; ".join(typed.assumed))
        else:
            self._account.taken(source, path, str(data["type"]))

    def add_file(self, column: Column) -> bool:
        """Adds a file, where the column refers to one as generated projects do it."""
        if not column.name.endswith("_file_id"):
            return False
        wanted = column.name.removesuffix("_file_id")
        name = member_name(wanted, self._entity.name, self._entity.members)
        self._entity.fields[name] = {"type": "file"}
        path = f"{self._entity.path}.fields.{name}"
        self._account.assumed(
            f"{self._table.key}.{column.name}", path, "a file of any type, of at most 5MB"
        )
        return True

    def compute(self, column: Column) -> None:
        """Turns the field of a generated column into a computed one, once all names are known."""
        assert column.computed is not None
        source = f"{self._table.key}.{column.name}"
        data = self.data.get(column.name)
        if data is None:
            return
        try:
            text = Translator(self.names, self.renamed_values).translate(column.computed)
        except Untranslatable as reason:
            name = self.names.pop(column.name)
            del self._entity.fields[name], self.data[column.name]
            self._account.left_out(source, f"a generated column: {reason}")
            return
        for option in ("optional", "default", "min", "max"):
            data.pop(option, None)
        data["computed"] = text
        path = f"{self._entity.path}.fields.{self.names[column.name]}"
        self._account.taken(source, path, f"computed: {text}")

    def _default(self, column: Column, typed: TypedField, path: str) -> None:
        if column.default is None:
            return
        default = plain(column.default)
        value = _default_value(default, typed)
        if value is None:
            said = column.default.sql()[:80]
            self._account.left_out(
                f"{self._table.key}.{column.name}: default {said}",
                "this default cannot be said in a Blueprint", path,
            )  # fmt: skip
            return
        typed.data["default"] = value


def _default_value(default: exp.Expr, typed: TypedField) -> Any:
    """The default as a Blueprint says it; None where it cannot."""
    kind = typed.data["type"]
    text = default.name if isinstance(default, exp.Literal) else ""
    match default:
        case exp.Boolean() if kind == "boolean":
            return bool(default.this)
        case exp.Literal() if kind == "boolean" and text.lower() in (
            "0",
            "1",
            "t",
            "f",
            "true",
            "false",
        ):
            return text.lower() in ("1", "t", "true")
        case exp.Literal() if kind in _WORDS and default.is_string:
            return typed.renamed.get(text, text)
        case exp.Literal() | exp.Neg() if kind in _NUMBERS:
            return _number(default)
        case exp.Literal() if kind == "list" and text in ("{}", "[]"):
            return []
        case exp.Array() if kind == "list" and not default.expressions:
            return []
        case exp.Anonymous() if default.name.upper() == "DATETIME" and kind == "datetime":
            return "now()"
    if kind in ("datetime", "date"):
        try:
            found = Translator({}).translate(default)
        except Untranslatable:
            return None
        if kind == "date":
            found = found.replace("now()", "today()")
        return found if found.startswith(("now()", "today()")) else None
    return None


def _number(tree: exp.Expr) -> int | Decimal | None:
    negative = isinstance(tree, exp.Neg)
    text = plain(tree.this).name if negative else tree.name
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    value = -value if negative else value
    return int(value) if value == value.to_integral() else value
