"""What a violated database constraint means to a client.

Rules live in the database (checks, unique and exclusion constraints, foreign keys, triggers), so
every write path keeps them. Each project lists its constraints by name in `app/rules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeAlias

from .problem import FieldError, Problem, conflict, invalid, unauthenticated


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the product: its id in the Blueprint, and how its violation is answered.

    `status` is 409 when stored rows decide, 422 when the input alone does. `pointer` names the
    field (JSON Pointer) if there is one to name; `code` is stable for programs.
    """

    id: str
    message: str
    status: int = 409
    pointer: str | None = None
    code: str = "rule"

    def problem(self, message: str | None = None) -> Problem:
        """The problem that tells a client of the violation; `message` replaces the usual one."""
        text = message or self.message
        if self.status == 422 or self.pointer is not None:
            error = FieldError(self.pointer or "", self.code, text)
            return Problem(self.status, "rule", text, rule=self.id, errors=[asdict(error)])
        return Problem(self.status, "rule", text, rule=self.id)


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: the kind of row that bears it, and the field that a client fills.

    `pointer` is None where the service fills it with the signed-in user.
    """

    entity: str
    pointer: str | None = None

    def missing(self) -> Problem:
        """The row referred to does not exist (any more)."""
        if self.pointer is None:
            return unauthenticated("This account no longer exists.", error="invalid_token")
        return missing_reference(self.pointer)

    def in_the_way(self) -> Problem:
        """A row cannot be deleted while this kind of row refers to it."""
        return conflict(
            "in-use", f"It is still in use: {self.entity} refers to it.", entity=self.entity
        )


def missing_reference(pointer: str) -> Problem:
    """422: the row referred to does not exist, or the client may not know of it."""
    return invalid([FieldError(pointer, "reference", "There is no such row.")])


Rules: TypeAlias = Mapping[str, Rule | Reference]
"""Constraint name → what it means."""
