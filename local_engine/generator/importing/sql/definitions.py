"""Columns and constraints of CREATE TABLE and ALTER TABLE, put into a table."""

from __future__ import annotations

from sqlglot import exp

from local_engine.generator.importing.report import Account
from local_engine.generator.importing.sql.identifiers import name_of, table_key
from local_engine.generator.importing.sql.tables import (
    Column,
    Condition,
    Exclusion,
    ForeignKey,
    Index,
    Table,
    UniqueKey,
)

_MEANINGLESS = (
    exp.CollateColumnConstraint,
    exp.CharacterSetColumnConstraint,
    exp.CompressColumnConstraint,
    exp.EncodeColumnConstraint,
)
_RANGES = ("tsrange", "tstzrange", "daterange")
_SERIALS = ("BIGSERIAL", "SERIAL", "SMALLSERIAL")


class Definitions:
    """Fills one table; what it cannot keep goes to the account."""

    def __init__(self, table: Table, dialect: str, account: Account) -> None:
        self._table = table
        self._dialect = dialect
        self._account = account

    def add(self, node: exp.Expr) -> None:
        """One element of a table's definition: a column, a key, a condition, an index."""
        match node:
            case exp.ColumnDef():
                self.column(node)
            case exp.Identifier() | exp.Column():  # SQLite: a column without a type
                name = self._name(node)
                self._table.columns[name] = Column(name, None)
            case exp.Constraint():
                for inner in node.expressions:
                    self._constraint(inner, name_of(node.this, self._dialect))
            case _:
                self._constraint(node, "")

    def column(self, node: exp.ColumnDef) -> None:
        """A column with everything that is said about it."""
        column = Column(self._name(node.this), node.args.get("kind"))
        self._table.columns[column.name] = column
        kind = column.type
        if kind is not None and kind.this.name in _SERIALS:
            column.identity, column.nullable = True, False
        for constraint in node.args.get("constraints") or ():
            self._of_column(column, constraint.args.get("kind"), constraint)

    def _of_column(self, column: Column, kind: exp.Expr | None, constraint: exp.Expr) -> None:
        name = name_of(constraint.this, self._dialect) if constraint.this else ""
        match kind:
            case exp.NotNullColumnConstraint():
                column.nullable = bool(kind.args.get("allow_null"))
            case exp.DefaultColumnConstraint():
                self.set_default(column, kind.this)
            case exp.ComputedColumnConstraint() | exp.GeneratedAsRowColumnConstraint():
                column.computed = kind.this
            case exp.GeneratedAsIdentityColumnConstraint() | exp.AutoIncrementColumnConstraint():
                column.identity, column.nullable = True, False
            case exp.CommentColumnConstraint():
                column.comment = kind.this.name
            case exp.PrimaryKeyColumnConstraint():
                self._table.primary_key, column.nullable = (column.name,), False
            case exp.UniqueColumnConstraint():
                self._table.uniques.append(UniqueKey((column.name,), name=name))
            case exp.Reference():
                self._foreign_key((column.name,), kind, name)
            case exp.CheckColumnConstraint():
                self._table.conditions.append(Condition(kind.this, name))
            case _ if isinstance(kind, _MEANINGLESS):
                pass
            case _:
                said = (kind or constraint).sql(self._dialect)
                self._leave_out(f"{self._table.key}.{column.name}: {said}")

    def set_default(self, column: Column, default: exp.Expr | None) -> None:
        """The default of a column; one that counts up makes it an identity."""
        if isinstance(default, exp.Anonymous) and default.name.lower() == "nextval":
            column.identity = True
        elif default is not None and not isinstance(default, exp.Null):
            column.default = default

    def _constraint(self, node: exp.Expr, name: str) -> None:
        match node:
            case exp.PrimaryKey():
                self._table.primary_key = self._names(node.expressions)
                for column in self._table.primary_key:
                    if column in self._table.columns:
                        self._table.columns[column].nullable = False
            case exp.UniqueColumnConstraint(this=exp.Schema() as listing):
                key = UniqueKey(self._names(listing.expressions), name=name)
                self._table.uniques.append(key)
            case exp.ForeignKey():
                reference = node.args.get("reference")
                if reference is not None:
                    self._foreign_key(self._names(node.expressions), reference, name)
            case exp.CheckColumnConstraint():
                self._table.conditions.append(Condition(node.this, name))
            case exp.IndexColumnConstraint():
                columns = self._names(node.expressions)
                own = name or name_of(node.this, self._dialect)
                index = Index(columns, own, search=node.args.get("kind") == "FULLTEXT")
                self._table.indexes.append(index)
            case exp.ExcludeColumnConstraint():
                exclusion = self._exclusion(node, name)
                if exclusion is not None:
                    self._table.exclusions.append(exclusion)
            case _:
                self._leave_out(f"{self._table.key}: {node.sql(self._dialect)[:200]}", name)

    def _exclusion(self, node: exp.ExcludeColumnConstraint, name: str) -> Exclusion | None:
        """Intervals that do not overlap; None, with a note, for any other exclusion."""
        parameters = node.this if isinstance(node.this, exp.IndexParameters) else None
        equal: list[str] = []
        interval: list[str] = []
        for element in parameters.args.get("columns") or () if parameters else ():
            operator = element.text("op") if isinstance(element, exp.WithOperator) else ""
            key = element.this.this if isinstance(element.this, exp.Ordered) else element.this
            if operator == "=" and isinstance(key, exp.Column):
                equal.append(self._name(key))
            elif operator == "&&" and _is_range(key) and not interval:
                interval = [self._name(part) for part in key.expressions[:2]]
            else:
                interval = []
                break
        if len(interval) != 2 or parameters is None:
            self._leave_out(f"{self._table.key}: {node.sql(self._dialect)[:200]}", name)
            return None
        where = parameters.args.get("where")
        condition = where.this if where is not None else None
        return Exclusion(tuple(equal), interval[0], interval[1], condition, name)

    def _foreign_key(self, columns: tuple[str, ...], node: exp.Expr, name: str) -> None:
        target = node.this
        referred: tuple[str, ...] = ()
        if isinstance(target, exp.Schema):
            referred = self._names(target.expressions)
            target = target.this
        if not isinstance(target, exp.Table):
            self._leave_out(f"{self._table.key}: {node.sql(self._dialect)[:200]}", name)
            return
        options = [str(option).upper() for option in node.args.get("options") or ()]
        deletes = [option for option in options if option.startswith("ON DELETE ")]
        on_delete = deletes[0].removeprefix("ON DELETE ") if deletes else "NO ACTION"
        key = table_key(target, self._dialect)
        self._table.foreign_keys.append(ForeignKey(columns, key, referred, on_delete, name))

    def _names(self, nodes: list[exp.Expr]) -> tuple[str, ...]:
        return tuple(self._name(node) for node in nodes)

    def _name(self, node: exp.Expr) -> str:
        name = name_of(node, self._dialect)
        if self._dialect == "postgres" or name in self._table.columns:
            return name
        known = {column.lower(): column for column in self._table.columns}
        return known.get(name.lower(), name)

    def _leave_out(self, what: str, name: str = "") -> None:
        about = f" ({name})" if name else ""
        self._account.left_out(what + about, "a Blueprint has no word for this constraint")


def _is_range(tree: exp.Expr) -> bool:
    """Whether it is a half-open range of two columns."""
    if not isinstance(tree, exp.Anonymous) or tree.name.lower() not in _RANGES:
        return False
    bounds = [part.name for part in tree.expressions[2:]]
    ends = tree.expressions[:2]
    return bounds in ([], ["[)"]) and all(isinstance(part, exp.Column) for part in ends)
