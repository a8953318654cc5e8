"""Python statements and definitions as data, printed as ruff would print them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from local_engine.generator.emit.python.expressions import Expression, flat
from local_engine.generator.emit.python.layout import (
    Doc,
    Group,
    block,
    comma_separated,
    render,
)
from local_engine.generator.emit.python.symbols import Scope
from local_engine.generator.emit.python.whole import on_its_own


class Statement(Protocol):
    """One statement of generated code."""

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """Its text at this indentation, in pieces that are joined with line ends."""


def _print(doc: Doc, indent: int) -> list[str]:
    return [" " * indent + render(doc, indent)]


@dataclass(slots=True)
class Evaluate:
    """An expression for its effect."""

    value: Expression

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return _print(on_its_own(self.value, scope), indent)


@dataclass(slots=True)
class Assign:
    """`target = value`, or `target: annotation = value`, or only `target: annotation`."""

    target: str
    value: Expression | None
    annotation: Expression | None = None

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        parts: list[Doc | str] = [self.target]
        if self.annotation is not None:
            parts += [": ", self.annotation.doc(scope)]
        if self.value is not None:
            parts += [" = ", on_its_own(self.value, scope)]
        return _print(tuple(parts), indent)


@dataclass(slots=True)
class Return:
    """`return value`."""

    value: Expression | None = None

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        if self.value is None:
            return _print(("return"), indent)
        return _print(("return ", on_its_own(self.value, scope)), indent)


@dataclass(slots=True)
class Raise:
    """`raise value`."""

    value: Expression

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return _print(("raise ", on_its_own(self.value, scope)), indent)


@dataclass(slots=True)
class Assert:
    """`assert test`."""

    test: Expression

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return _print(("assert ", on_its_own(self.test, scope)), indent)


@dataclass(slots=True)
class If:
    """`if test:` with a body and perhaps an else branch."""

    test: Expression
    body: tuple[Statement, ...]
    otherwise: tuple[Statement, ...] = ()

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        found = _print(("if ", on_its_own(self.test, scope), ":"), indent)
        found += body_lines(self.body, scope, indent + 4)
        if self.otherwise:
            found.append(" " * indent + "else:")
            found += body_lines(self.otherwise, scope, indent + 4)
        return found


@dataclass(slots=True)
class For:
    """`for target in source:`."""

    target: str
    source: Expression
    body: tuple[Statement, ...]

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        head = (f"for {self.target} in ", on_its_own(self.source, scope), ":")
        return _print(head, indent) + body_lines(self.body, scope, indent + 4)


@dataclass(slots=True)
class Blank:
    """An empty line that keeps statements apart."""

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return [""]


@dataclass(slots=True)
class Comment:
    """A comment of one line."""

    text: str

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return [" " * indent + f"# {self.text}"]


@dataclass(slots=True)
class Commented:
    """A statement with a comment above it; the two stand apart from others."""

    text: str
    statement: Statement

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        return [*Comment(self.text).lines(scope, indent), *self.statement.lines(scope, indent)]


@dataclass(slots=True)
class Parameter:
    """One parameter of a function; the name `*` alone ends the positional ones."""

    name: str
    annotation: Expression | None = None
    default: Expression | None = None

    def doc(self, scope: Scope) -> Doc:
        """Its layout in the list of parameters."""
        parts: list[Doc | str] = [self.name]
        if self.annotation is not None:
            parts += [": ", self.annotation.doc(scope)]
        if self.default is not None:
            parts += [" = " if self.annotation is not None else "=", self.default.doc(scope)]
        return tuple(parts)


@dataclass(slots=True)
class Function:
    """A function or method; `docstring` is left out only where it is nested."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Expression
    body: tuple[Statement, ...]
    docstring: str = ""
    decorators: tuple[Expression, ...] = ()
    is_async: bool = False

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        found: list[str] = []
        for decorator in self.decorators:
            found += _print(("@", decorator.doc(scope)), indent)
        keyword = "async def " if self.is_async else "def "
        items = [parameter.doc(scope) for parameter in self.parameters]
        bracket = block("(", Group(comma_separated(items)), ")") if items else ("()")
        head = (f"{keyword}{self.name}", bracket, f" -> {flat(self.returns, scope)}:")
        found += _print(head, indent)
        found += docstring_lines(self.docstring, indent + 4)
        return found + body_lines(self.body, scope, indent + 4)


@dataclass(slots=True)
class Class:
    """A class definition."""

    name: str
    bases: tuple[Expression, ...]
    body: tuple[Statement, ...]
    docstring: str
    decorators: tuple[Expression, ...] = field(default=())

    def lines(self, scope: Scope, indent: int) -> list[str]:
        """See `Statement`."""
        found: list[str] = []
        for decorator in self.decorators:
            found += _print(("@", decorator.doc(scope)), indent)
        bases = [base.doc(scope) for base in self.bases]
        bracket = block("(", Group(comma_separated(bases)), ")") if bases else ("")
        found += _print((f"class {self.name}", bracket, ":"), indent)
        found += docstring_lines(self.docstring, indent + 4)
        if self.body:
            found += ["", *body_lines(self.body, scope, indent + 4)]
        return found


def body_lines(body: tuple[Statement, ...], scope: Scope, indent: int) -> list[str]:
    """The statements of a body; definitions keep one empty line around them."""
    found: list[str] = []
    for index, statement in enumerate(body):
        apart = isinstance(statement, Function | Class)
        if index and (apart or isinstance(body[index - 1], Function | Class)):
            found.append("")
        found += statement.lines(scope, indent)
    return found


def docstring_lines(text: str, indent: int) -> list[str]:
    """A docstring; further paragraphs and lines are indented like the first."""
    if not text:
        return []
    margin = " " * indent
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = escaped.split("\n")
    if len(lines) == 1:
        # A quote at the end would run into the closing quotes.
        end = " " if escaped.endswith('"') else ""
        return [f'{margin}"""{escaped}{end}"""']
    inner = [margin + line if line else "" for line in lines[1:]]
    return [f'{margin}"""{lines[0]}', *inner, f'{margin}"""']
