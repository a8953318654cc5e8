"""What transitions, operations, jobs and entity events do, inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression


@dataclass(frozen=True)
class Assignment:
    """`name` (a field or to-one relation of the target row) takes the value of `value`."""

    name: str
    value: Expression


@dataclass(frozen=True)
class CreateRow:
    """Creates a row of `entity`, bound to `binding` for later effects (None: not bound).

    An owner that is not assigned becomes the signed-in user.
    """

    entity: str
    binding: str | None
    values: tuple[Assignment, ...]


@dataclass(frozen=True)
class SetField:
    """Sets one field of the row that `target` leads to (a path of names; empty: own row)."""

    target: tuple[str, ...]
    entity: str
    assignment: Assignment


@dataclass(frozen=True)
class Adjust:
    """Adds `amount` (negated for a decrease) to a numeric field; refused below the field's min.

    `message` is the text of the refusal (409), with `{path}` placeholders.
    """

    target: tuple[str, ...]
    entity: str
    field: str
    amount: Expression
    decrease: bool
    message: str


@dataclass(frozen=True)
class DeleteRow:
    """Deletes the row that `target` leads to."""

    target: tuple[str, ...]
    entity: str


@dataclass(frozen=True)
class Each:
    """Runs `effects` for each row of a to-many path (or rows input), bound to `binding`.

    Rows are taken in the order of their ids, after locking them in that order.
    `source` is a path of names ending in a to-many relation or in a rows input.
    """

    source: tuple[str, ...]
    entity: str | None
    binding: str
    where: Expression | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class SendEmail:
    """Writes the e-mail template `email` to the outbox for the address that `to` gives."""

    email: str
    to: Expression


@dataclass(frozen=True)
class CallWebhook:
    """Writes a webhook call to the outbox; `values` form its JSON payload."""

    webhook: str
    values: tuple[Assignment, ...]


Effect = CreateRow | SetField | Adjust | DeleteRow | Each | SendEmail | CallWebhook


@dataclass(frozen=True)
class Requirement:
    """A precondition: `status` is 422 when it reads input alone, else 409."""

    id: str
    expression: Expression
    message: str
    status: int
