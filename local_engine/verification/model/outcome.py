"""What the model says a request comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_engine.verification.model.store import Store


class Unknown:
    """Stands for a body (or a value) about which the model says nothing."""

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


class Refused(Exception):
    """The request is refused.

    Several `statuses` or `rules` mean that the reference leaves open which of them is answered.
    `fields` are the keys of the body that are named in an answer 422.
    """

    def __init__(
        self,
        *statuses: int,
        why: str,
        rules: Iterable[str] = (),
        fields: Iterable[str] = (),
    ) -> None:
        super().__init__(why)
        self.statuses = frozenset(statuses)
        self.rules = frozenset(rules)
        self.fields = tuple(fields)
        self.why = why


@dataclass(frozen=True)
class Expected:
    """The answer that a request must get, and the rows that there are afterwards.

    `statuses` are those the reference admits. `rules` are the ids of which a refusal names one;
    `fields` the keys of the body that a 422 names; `body` the JSON value of a success (UNKNOWN if
    nothing is said). `row` is the entity and id of the row in the body, `why` the reason in words.
    `after` is the state if it is answered so; a refusal leaves the state as it was. With `free` a
    person's code decides whether it succeeds and what it changes: then the state is not known.
    """

    statuses: frozenset[int]
    why: str
    after: Store
    rules: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    body: Any = UNKNOWN
    row: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    free: bool = False

    @property
    def allowed(self) -> bool:
        """Whether the request may succeed."""
        return any(status < 400 for status in self.statuses)

    @property
    def certain(self) -> bool:
        """Whether success or refusal is settled."""
        return len({status < 400 for status in self.statuses}) == 1

    @property
    def status(self) -> int:
        """The status: the least of those that are admitted."""
        return min(self.statuses)

    def __str__(self) -> str:
        words = " or ".join(str(status) for status in sorted(self.statuses))
        rules = f" ({' or '.join(sorted(self.rules))})" if self.rules else ""
        return f"{words}{rules}: {self.why}"


@dataclass(frozen=True)
class Done:
    """A success, as the part of the model that carries the request out reports it."""

    status: int
    body: Any = UNKNOWN
    row: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    also: frozenset[int] = frozenset()
    free: bool = False
