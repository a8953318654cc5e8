"""Python expressions as data: what generated code is made of, laid out as ruff lays it out.

Expressions mention other modules through `Symbol`s only; the scope of the module they end up in
turns these into names and imports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from local_engine.generator.emit.python.layout import (
    SOFT,
    SPACE,
    Choice,
    Doc,
    Either,
    Group,
    Indent,
    Verbatim,
    block,
    comma_separated,
    separated,
)
from local_engine.generator.emit.python.symbols import Scope, Symbol


class Expression(Protocol):
    """Anything that stands for a value in generated code."""

    def doc(self, scope: Scope) -> Doc:
        """Its layout, with the names that `scope` gives to symbols."""


@dataclass(slots=True)
class Name:
    """A name that the module itself binds: a parameter, a variable, a definition."""

    name: str

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return self.name


@dataclass(slots=True)
class Import:
    """A name of another module."""

    symbol: Symbol

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return scope.use(self.symbol)


@dataclass(slots=True)
class Source:
    """Python source of one line that is written as it is, with the symbols it mentions.

    Raises ValueError when the module knows one of them by another name.
    """

    text: str
    symbols: tuple[Symbol, ...] = ()

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        for symbol in self.symbols:
            if scope.use(symbol) != symbol.bare:
                raise ValueError(f"{scope.module}: the name {symbol.bare} is taken")
        return self.text


@dataclass(slots=True)
class Constant:
    """A string, number, boolean or None."""

    value: str | int | float | bool | None

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return quoted(self.value) if isinstance(self.value, str) else repr(self.value)


@dataclass(slots=True)
class TextBlock:
    """A string of one or several lines in triple quotes, such as a statement in SQL.

    With `formatted` it is an f-string: braces in it name other constants. `symbols` are those that
    come from other modules: the name used in the braces → the symbol.
    """

    text: str
    formatted: bool = False
    symbols: Mapping[str, Symbol] = field(default_factory=dict)

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        text = self.text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        for name, symbol in self.symbols.items():
            local = scope.use(symbol)
            if local != name:
                text = text.replace(f"{{{name}.", f"{{{local}.").replace(
                    f"{{{name}}}", f"{{{local}}}"
                )
        if text.endswith('"'):
            text += "\n"
        literal = f'{"f" if self.formatted else ""}"""{text}"""'
        return Verbatim(literal) if "\n" in literal else literal


@dataclass(slots=True)
class Formatted:
    """An f-string of literal texts and simple expressions (without quotes or braces inside)."""

    parts: tuple[str | Expression, ...]

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        inner = ""
        for part in self.parts:
            if isinstance(part, str):
                inner += quoted(part)[1:-1].replace("{", "{{").replace("}", "}}")
            else:
                inner += "{" + flat(part, scope) + "}"
        return f'f"{inner}"'


@dataclass(slots=True)
class Attribute:
    """`value.name`."""

    value: Expression
    name: str

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return (bracketed(self.value, scope, _PRIMARY), f".{self.name}")


@dataclass(slots=True)
class Call:
    """`function(arguments, keyword=...)`."""

    function: Expression
    arguments: tuple[Expression, ...] = ()
    keywords: Mapping[str, Expression] | None = None

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        items = [argument.doc(scope) for argument in self.arguments]
        for name, value in (self.keywords or {}).items():
            if name == "**":
                items.append(("**", value.doc(scope)))
            else:
                items.append((f"{name}=", value.doc(scope)))
        function = bracketed(self.function, scope, _PRIMARY)
        if not items:
            return (function, "()")
        return (function, block("(", Group(comma_separated(items)), ")"))


@dataclass(slots=True)
class Subscript:
    """`value[items]`."""

    value: Expression
    items: tuple[Expression, ...]

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        inner = [item.doc(scope) for item in self.items]
        content = inner[0] if len(inner) == 1 else Group(comma_separated(inner))
        return (bracketed(self.value, scope, _PRIMARY), block("[", content, "]"))


@dataclass(slots=True)
class Sequence:
    """A list, tuple or set display; `brackets` are its two characters, two blanks for none."""

    items: tuple[Expression, ...]
    brackets: str = "[]"

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        opening, closing = self.brackets[0], self.brackets[1]
        inner = [item.doc(scope) for item in self.items]
        if not inner:
            return self.brackets
        if opening == " ":
            content = Indent((SOFT, comma_separated(inner)))
            return Group((Choice("("), content, SOFT, Choice(")")))
        if len(inner) == 1 and opening == "(":
            return block(opening, (inner[0], ","), closing)
        return block(opening, comma_separated(inner), closing)


@dataclass(slots=True)
class Dictionary:
    """A dict display; a key None spreads its value (`**value`)."""

    entries: tuple[tuple[Expression | None, Expression], ...]

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        if not self.entries:
            return "{}"
        items = [
            ("**", value.doc(scope)) if key is None else (key.doc(scope), ": ", value.doc(scope))
            for key, value in self.entries
        ]
        return block("{", comma_separated(items), "}")


@dataclass(slots=True)
class Infix:
    """Operands with one operator between them: `a and b`, `A | B`, `x + y`."""

    operator: str
    operands: tuple[Expression, ...]

    @property
    def level(self) -> int:
        """How tightly it binds."""
        return _LEVELS.get(self.operator, _COMPARISON)

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        # What groups to the left may stand bare as the first operand only.
        first = self.level if self.level > _COMPARISON else self.level + 1
        items = [
            bracketed(operand, scope, self.level + 1 if index else first)
            for index, operand in enumerate(self.operands)
        ]
        return Group(separated(items, (SPACE, f"{self.operator} ")))


@dataclass(slots=True)
class Prefixed:
    """`await x`, `not x`, `-x`, `*x`; the prefix brings its blank."""

    prefix: str
    operand: Expression

    @property
    def level(self) -> int:
        """How tightly it binds."""
        return _PREFIX_LEVELS.get(self.prefix, _PRIMARY)

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return (self.prefix, bracketed(self.operand, scope, self.level))


@dataclass(slots=True)
class Conditional:
    """`then if test else otherwise`."""

    test: Expression
    then: Expression
    otherwise: Expression
    level = 0

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        return Group(
            (
                bracketed(self.then, scope, 1),
                (SPACE, "if ", bracketed(self.test, scope, 1)),
                (SPACE, "else ", bracketed(self.otherwise, scope, 0)),
            )
        )


@dataclass(slots=True)
class Lambda:
    """`lambda parameters: body`."""

    parameters: str
    body: Expression

    def doc(self, scope: Scope) -> Doc:
        """See `Expression`."""
        head = f"lambda {self.parameters}: " if self.parameters else "lambda: "
        return (head, self.body.doc(scope))


_COMPARISON = 4
_PRIMARY = 13
_LEVELS = {
    "or": 1,
    "and": 2,
    "|": 5,
    "+": 9,
    "-": 9,
    "*": 10,
    "/": 10,
    "//": 10,
    "%": 10,
}
_PREFIX_LEVELS = {"not ": 3, "-": 11, "+": 11, "await ": 12, "*": 5}


def level_of(expression: Expression) -> int:
    """How tightly an expression binds (Python's table of precedence)."""
    return int(getattr(expression, "level", _PRIMARY))


def bracketed(expression: Expression, scope: Scope, least: int) -> Doc:
    """The expression as an operand, in brackets if it binds less tightly than `least`."""
    doc = expression.doc(scope)
    return block("(", doc, ")") if level_of(expression) < least else doc


def flat(expression: Expression, scope: Scope) -> str:
    """The expression on one line, however long."""
    return flat_text(expression.doc(scope))


def flat_text(doc: Doc) -> str:
    """A layout on one line, however long."""
    if isinstance(doc, str):
        return doc
    if isinstance(doc, tuple):
        return "".join([flat_text(part) for part in doc])
    if isinstance(doc, Indent | Group):
        return flat_text(doc.inner)
    if isinstance(doc, Either):
        return flat_text(doc.bare)
    return doc.value if isinstance(doc, Verbatim) else doc.flat


_TO_ESCAPE = frozenset("\"'\\")


def quoted(text: str) -> str:
    """A string literal on one line, quoted as ruff quotes: with as few escapes as possible."""
    if text.isprintable() and not _TO_ESCAPE.intersection(text):
        return f'"{text}"'
    quote = '"' if text.count('"') <= text.count("'") else "'"
    body = "".join(_escaped(character, quote) for character in text)
    return f"{quote}{body}{quote}"


def _escaped(character: str, quote: str) -> str:
    if character == quote:
        return f"\\{quote}"
    return character if character in "\"'" else repr(character)[1:-1]
