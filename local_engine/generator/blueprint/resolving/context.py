"""What every part of the resolver works with: the Blueprint, its outlines, and the problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import (
    Expression,
    ExpressionErrors,
    Scope,
    check,
)
from local_engine.generator.blueprint.expressions.types import BooleanType, Type
from local_engine.generator.blueprint.problems import Path, ProblemList, closest
from local_engine.generator.blueprint.resolving.outline import Outline

if TYPE_CHECKING:
    from local_engine.generator.blueprint.resolving.shapes import RowShape

BOOLEAN = BooleanType()


@dataclass(frozen=True)
class Mention:
    """A text that was read as an expression: where it stands, from which character, in what scope.

    `offset` is negative where words of the resolver stand before the text.
    """

    path: Path
    text: str
    scope: Scope
    offset: int


@dataclass
class Context:
    """One resolution: `outlines` always has User; `resolve_field` gives fields on demand.

    `mentions` are the expressions in the order in which they were read.
    """

    blueprint: model.Blueprint
    problems: ProblemList
    digits: int = 2
    time_zone: str = "UTC"
    roles: tuple[str, ...] = ()
    outlines: dict[str, Outline] = field(default_factory=dict)
    shapes: dict[str, RowShape] = field(default_factory=dict)
    tenant: str | None = None
    tenant_relation: str | None = None
    mentions: list[Mention] = field(default_factory=list)
    resolve_field: Callable[[str, str], resolved.Field | None] = field(init=False)

    def error(
        self,
        path: Path,
        code: str,
        message: str,
        suggestion: str | None = None,
        *,
        at_key: bool = False,
        offset: int = 0,
    ) -> None:
        """Notes an error."""
        self.problems.error(path, code, message, suggestion, at_key=at_key, offset=offset)

    def warning(self, path: Path, code: str, message: str) -> None:
        """Notes a warning."""
        self.problems.warning(path, code, message)

    def unknown(self, path: Path, code: str, what: str, word: str, known: Iterable[str]) -> None:
        """Notes that a word is not known, with the one that was probably meant."""
        words = list(known)
        suggestion = closest(word, words)
        message = f"There is no {what} `{word}`."
        if suggestion is None and words:
            message += f" Known: {', '.join(words)}."
        self.error(path, code, message, suggestion)

    def entity(self, name: str, path: Path) -> Outline | None:
        """The outline of an entity that is named at a path."""
        outline = self.outlines.get(name)
        if outline is None:
            self.unknown(path, "unknown-entity", "entity", name, self.outlines)
        return outline

    def expression(
        self,
        text: str,
        scope: Scope,
        path: Path,
        *,
        expect: Type | None = None,
        allow_missing: bool = False,
        offset: int = 0,
    ) -> Expression | None:
        """The checked expression; None (and noted problems) if it is refused."""
        self.mentions.append(Mention(path, text, scope, offset))
        try:
            return check(
                text,
                scope,
                expect=expect,
                allow_missing=allow_missing,
                time_zone=self.time_zone,
            )
        except ExpressionErrors as errors:
            for problem in errors.problems:
                hint = f" Did you mean `{problem.suggestion}`?"
                self.error(
                    path,
                    "expression",
                    problem.message.removesuffix(hint),
                    problem.suggestion,
                    offset=offset + problem.column - 1,
                )
            return None

    def condition(
        self, text: str | None, scope: Scope, path: Path, *, offset: int = 0
    ) -> Expression | None:
        """A checked yes/no expression; one that is always the same is an error."""
        if text is None:
            return None
        expression = self.expression(text, scope, path, expect=BOOLEAN, offset=offset)
        if expression is not None and _is_constant(expression):
            self.error(path, "constant", f"`{text}` does not depend on anything: leave it out.")
        return expression


def _is_constant(expression: Expression) -> bool:
    return not (expression.paths() or expression.uses_now)
