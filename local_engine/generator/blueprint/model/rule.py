"""Rules: what must hold for rows, whoever writes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag
from pydantic import Field as Key

from local_engine.generator.blueprint.model.access import plain_listed
from local_engine.generator.blueprint.model.node import Node
from local_engine.generator.blueprint.model.scalars import ExpressionText, Listed
from local_engine.generator.blueprint.model.tagging import key_of

_ID = "A stable name of the rule; the default is its kind."
_MESSAGE = "What people are told when it is violated."


class CheckRule(Node):
    """A condition that must hold for the row as written."""

    check: ExpressionText = Key(description="The condition.")
    on: Literal["create", "update"] | None = Key(
        default=None, description="Only this kind of write; the default is both."
    )
    message: str | None = Key(default=None, description=_MESSAGE)
    id: str | None = Key(default=None, description=_ID)


class UniqueRule(Node):
    """No two rows agree in all these fields and relations."""

    unique: Listed = Key(description="Names of fields and to-one relations.")
    where: ExpressionText | None = Key(default=None, description="Only such rows count.")
    message: str | None = Key(default=None, description=_MESSAGE)
    id: str | None = Key(default=None, description=_ID)


class AtMostRule(Node):
    """A greatest number of rows, for each row of a relation or altogether."""

    at_most: ExpressionText = Key(description="The number, or an expression such as course.seats.")
    per: Listed = Key(default=[], description="The relation (or relations) that it is counted for.")
    where: ExpressionText | None = Key(default=None, description="Only such rows count.")
    message: str | None = Key(default=None, description=_MESSAGE)
    id: str | None = Key(default=None, description=_ID)

    def plain(self) -> Any:
        """A single relation without brackets."""
        return {key: plain_listed(value) for key, value in self._plain_items()}


class NoOverlapRule(Node):
    """The intervals of two rows do not overlap; an end may equal the next start."""

    no_overlap: list[str] = Key(description="The fields that start and end the interval.")
    per: Listed = Key(default=[], description="Only rows that agree in these are compared.")
    unless: ExpressionText | None = Key(default=None, description="Such rows do not count.")
    where: ExpressionText | None = Key(default=None, description="Only such rows count.")
    message: str | None = Key(default=None, description=_MESSAGE)
    id: str | None = Key(default=None, description=_ID)

    def plain(self) -> Any:
        """A single `per` without brackets."""
        data = dict(self._plain_items())
        if "per" in data:
            data["per"] = plain_listed(data["per"])
        return data


class EditableWhileRule(Node):
    """The row and its parts may be changed or deleted only while this holds."""

    editable_while: ExpressionText = Key(description="The condition.")
    message: str | None = Key(default=None, description=_MESSAGE)
    id: str | None = Key(default=None, description=_ID)


RULE_KEYS = ("check", "unique", "at_most", "no_overlap", "editable_while")

Rule = Annotated[
    Annotated[CheckRule, Tag("=check")]
    | Annotated[UniqueRule, Tag("=unique")]
    | Annotated[AtMostRule, Tag("=at_most")]
    | Annotated[NoOverlapRule, Tag("=no_overlap")]
    | Annotated[EditableWhileRule, Tag("=editable_while")],
    Discriminator(key_of(*RULE_KEYS)),
]
