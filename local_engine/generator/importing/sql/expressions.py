"""SQL expressions over one row as expressions of the Blueprint language, where they exist there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

_BINARY: dict[type[exp.Expr], str] = {
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.And: "and",
    exp.Or: "or",
}
_CALLS: dict[type[exp.Expr], str] = {exp.Length: "len", exp.Lower: "lower", exp.Abs: "abs"}
_NOW = (exp.CurrentTimestamp, exp.CurrentDatetime, exp.Localtimestamp)
_UNITS = {"DAY": "days", "DAYS": "days", "HOUR": "hours", "HOURS": "hours",
          "MINUTE": "minutes", "MINUTES": "minutes"}  # fmt: skip


class Untranslatable(Exception):
    """The Blueprint language has no word for a part of the expression."""


class Translator:
    """Translates over the columns that have a name in the Blueprint.

    `names` gives fields by column. `values` gives, for enum columns, the new names of values.
    """

    def __init__(
        self, names: Mapping[str, str], values: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        self._names = names
        self._values = values or {}
        self._column: str | None = None

    def translate(self, tree: exp.Expr) -> str:
        """The expression's text. Raises Untranslatable."""
        try:
            return self._text(plain(tree), outermost=True)
        except RecursionError:
            raise Untranslatable("it is nested too deeply") from None

    def _text(self, tree: exp.Expr, *, outermost: bool = False) -> str:
        tree = plain(tree)
        if type(tree) in _BINARY:
            text = self._binary(tree)
            return text if outermost else f"({text})"
        if type(tree) in _CALLS:
            return f"{_CALLS[type(tree)]}({self._text(tree.this)})"
        match tree:
            case exp.Column() | exp.Identifier():
                return self._named(tree)
            case exp.Literal() | exp.Boolean():
                return self._literal(tree)
            case exp.Is(expression=exp.Null()):
                return f"{self._text(tree.this)} is None"
            case exp.Not(this=exp.Is(this=subject, expression=exp.Null())):
                return f"{self._text(subject)} is not None"
            case exp.Not():
                return f"not {self._text(tree.this)}"
            case exp.Neg():
                return f"-{self._text(tree.this)}"
        return self._special(tree)

    def _special(self, tree: exp.Expr) -> str:
        """What has a form of its own in SQL."""
        match tree:
            case exp.Between() if not tree.args.get("symmetric"):
                low, high = self._text(tree.args["low"]), self._text(tree.args["high"])
                return f"{low} <= {self._text(tree.this)} <= {high}"
            case exp.In():
                return self._among(tree)
            case exp.Coalesce():
                parts = [self._text(part) for part in (tree.this, *tree.expressions)]
                return f"coalesce({', '.join(parts)})"
            case exp.CurrentDate():
                return "today()"
            case exp.Interval():
                return self._interval(tree)
        if isinstance(tree, _NOW):
            return "now()"
        raise Untranslatable(f"`{tree.sql()[:80]}` has no counterpart")

    def _binary(self, tree: exp.Expr) -> str:
        sides = [plain(tree.this), plain(tree.expression)]
        for side in sides:
            if isinstance(side, exp.Column) and side.name in self._values:
                self._column = side.name
        left, right = self._text(sides[0]), self._text(sides[1])
        self._column = None
        return f"{left} {_BINARY[type(tree)]} {right}"

    def _named(self, tree: exp.Expr) -> str:
        name = self._names.get(tree.name) or self._names.get(tree.name.lower())
        if name is None:
            raise Untranslatable(f"`{tree.name}` is not a field")
        return name

    def _literal(self, tree: exp.Expr) -> str:
        if isinstance(tree, exp.Boolean):
            return "True" if tree.this else "False"
        value = str(tree.this)
        if not tree.is_string:
            return value
        if self._column is not None:
            value = self._values[self._column].get(value, value)
        return repr(value)

    def _among(self, tree: exp.In) -> str:
        if not tree.expressions:
            raise Untranslatable("a subquery has no counterpart")
        subject = plain(tree.this)
        self._column = subject.name if subject.name in self._values else None
        items = ", ".join(self._text(item) for item in tree.expressions)
        self._column = None
        return f"{self._text(subject)} in [{items}]"

    def _interval(self, tree: exp.Interval) -> str:
        unit = _UNITS.get(tree.text("unit").upper())
        count = tree.this.name if isinstance(tree.this, exp.Literal) else ""
        if unit is None or not count.isdigit():
            raise Untranslatable(f"`{tree.sql()[:80]}` has no counterpart")
        return f"{unit}({count})"


def plain(tree: exp.Expr) -> exp.Expr:
    """The tree without parentheses and casts around it; `= ANY (ARRAY[…])` becomes `IN (…)`."""
    while isinstance(tree, exp.Paren | exp.Cast | exp.Collate):
        if isinstance(tree, exp.Cast) and tree.to.this == exp.DataType.Type.INTERVAL:
            count, _, unit = tree.this.name.partition(" ")
            return exp.Interval(this=exp.Literal.string(count), unit=exp.var(unit))
        tree = tree.this
    if isinstance(tree, exp.EQ) and isinstance(tree.expression, exp.Any):
        array = plain(tree.expression.this)
        if isinstance(array, exp.Array):
            items = [plain(item) for item in array.expressions]
            return exp.In(this=plain(tree.this), expressions=items)
    return tree


def columns_of(tree: exp.Expr) -> list[str]:
    """The columns that an expression reads, each once."""
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column, exp.Identifier)))


def conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """The parts that AND joins, each on its own."""
    waiting, found = [tree], []
    while waiting:
        part = plain(waiting.pop())
        if isinstance(part, exp.And):
            waiting += [part.expression, part.this]
        else:
            found.append(part)
    return found


def guarded(text: str, tree: exp.Expr, optional: Callable[[str], str | None]) -> str:
    """The expression as SQL means it in a CHECK: a row where something is null passes.

    `optional` gives the field of a column that may be null. A column that the expression itself
    compares with null is left to it.
    """
    told = {plain(test.this).name for test in tree.find_all(exp.Is)}
    guards = [
        f"{field} is None"
        for column in columns_of(tree)
        if column not in told and (field := optional(column)) is not None
    ]
    return f"{' or '.join(guards)} or ({text})" if guards else text
