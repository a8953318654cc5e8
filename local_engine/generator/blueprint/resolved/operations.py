"""Operations, reports, feeds, jobs, and what they take as input, in resolved form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from local_engine.generator.blueprint.resolved.actors import Access

if TYPE_CHECKING:
    from local_engine.generator.blueprint.expressions import Expression
    from local_engine.generator.blueprint.resolved.effects import Effect, Requirement
    from local_engine.generator.blueprint.resolved.fields import Field


class RefAccess(StrEnum):
    """Which rows an input may refer to: readable ones, any, or those the caller owns."""

    READ = "read"
    ANY = "any"
    OWNER = "owner"


@dataclass(frozen=True)
class ValueInput:
    """An input with a value; JSON key is its name."""

    name: str
    field: Field


@dataclass(frozen=True)
class RefInput:
    """An input that names a row; JSON key is `<name>_id`."""

    name: str
    entity: str
    access: RefAccess
    optional: bool


@dataclass(frozen=True)
class RowsInput:
    """A list of small objects, each with `columns`; between `minimum` and `maximum` of them."""

    name: str
    columns: tuple[ValueInput | RefInput, ...]
    minimum: int
    maximum: int


InputField = ValueInput | RefInput | RowsInput


@dataclass(frozen=True)
class Operation:
    """Something users do that is more than writing one row.

    With `on` it is an operation on one row of that entity (`POST /orders/{id}/<segment>`; names
    of the row are in scope and it must be readable), else `POST /operations/<segment>`.
    `code` marks an extension point: `effects` is empty and a person writes the body.
    `returns` names a created row, an input or `row`; None answers 204.
    """

    name: str
    segment: str
    on: str | None
    access: Access
    inputs: tuple[InputField, ...]
    requirements: tuple[Requirement, ...]
    effects: tuple[Effect, ...]
    returns: str | None
    returns_entity: str | None
    returns_created: bool
    idempotent: bool
    code: bool
    tenanted: bool
    description: str = ""


@dataclass(frozen=True)
class ReportKey:
    """One grouping key of a report: its JSON key and the expression it groups by."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Report:
    """An aggregate over the readable rows of one entity; `value` is None for count."""

    name: str
    segment: str
    entity: str
    function: str
    value: Expression | None
    where: Expression | None
    keys: tuple[ReportKey, ...]
    period: str | None
    access: Access
    tenanted: bool
    description: str = ""


@dataclass(frozen=True)
class Feed:
    """A named list of one entity: `GET /feeds/<segment>`, with that entity's list parameters."""

    name: str
    segment: str
    entity: str
    where: Expression | None
    sort: tuple[str, ...]
    access: Access
    tenanted: bool
    description: str = ""


@dataclass(frozen=True)
class Job:
    """Scheduled work: at `cron` (in the Blueprint's time zone) for each row of `entity`.

    Without `entity` it must be `code`, an extension point.
    """

    name: str
    cron: str
    entity: str | None
    where: Expression | None
    effects: tuple[Effect, ...]
    code: bool


@dataclass(frozen=True)
class Email:
    """A template; `{path}` placeholders are paths of the row that the effect is about."""

    name: str
    subject: str
    text: str


@dataclass(frozen=True)
class Tenancy:
    """Rows of every entity that is not shared belong to one row of `tenant`.

    `relation` is the name of the implicit to-one relation (and `<relation>_id` the path
    parameter).
    """

    tenant: str
    relation: str


@dataclass(frozen=True)
class Accounts:
    """Who may have an account: `sign_up` is open, invite or closed; `roles` include admin.

    `was` are the earlier names of renamed roles, by their present ones.
    """

    sign_up: str
    roles: tuple[str, ...]
    default_role: str | None
    was: Mapping[str, str]


OperationMap = Mapping[str, Operation]
