"""A Python module as data: docstring, definitions, and the imports that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from local_engine.generator.emit.python.expressions import Expression
from local_engine.generator.emit.python.statements import (
    Assign,
    Class,
    Commented,
    Function,
    Statement,
    docstring_lines,
)
from local_engine.generator.emit.python.symbols import Scope


@dataclass
class Module:
    """A module under construction. Definitions are printed in the order in which they are added.

    `name` is its dotted name, `app.todos.router`: what it imports from its own package is written
    relative to it.
    """

    name: str
    docstring: str
    is_package: bool = False
    _body: list[Statement] = field(default_factory=list)
    _names: list[str] = field(default_factory=list)

    def define(self, definition: Function | Class) -> None:
        """Add a function or class."""
        self._names.append(definition.name)
        self._body.append(definition)

    def assign(
        self,
        name: str,
        value: Expression,
        annotation: Expression | None = None,
        *,
        comment: str = "",
    ) -> None:
        """Add a variable of the module; a comment stands above it."""
        self._names.append(name)
        assignment = Assign(name, value, annotation)
        self._body.append(Commented(comment, assignment) if comment else assignment)

    def add(self, statements: Iterable[Statement]) -> None:
        """Add statements that bind no new name."""
        self._body.extend(statements)

    def text(self) -> str:
        """The source of the module. Raises ValueError for a name that is defined twice."""
        scope = Scope(self.name, self.is_package)
        for name in self._names:
            scope.define(name)
        pieces = self._pieces(scope)
        head = "\n".join(docstring_lines(self.docstring, 0))
        imports = scope.imports()
        parts = [part for part in (head, imports) if part]
        source = "\n\n".join(parts)
        if pieces:
            gap = "\n\n\n" if pieces[0][0] else "\n\n"
            source += gap + _with_gaps(pieces)
        return source + "\n"

    def _pieces(self, scope: Scope) -> list[tuple[bool, str]]:
        """Each statement's text, and whether it is a definition that keeps its distance."""
        return [
            (isinstance(statement, Function | Class), "\n".join(statement.lines(scope, 0)))
            for statement in self._body
        ]


def _with_gaps(pieces: list[tuple[bool, str]]) -> str:
    text = pieces[0][1]
    for (apart_before, before), (apart, piece) in pairwise(pieces):
        if apart or apart_before:
            text += "\n\n\n"
        elif "\n" in before or "\n" in piece:
            text += "\n\n"
        else:
            text += "\n"
        text += piece
    return text
