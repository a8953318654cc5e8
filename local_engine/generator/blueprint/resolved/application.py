"""The whole of a resolved Blueprint: what emitter and verifier are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_engine.generator.blueprint.resolved.entities import Entity
    from local_engine.generator.blueprint.resolved.operations import (
        Accounts,
        Email,
        Feed,
        Job,
        Operation,
        Report,
        Tenancy,
    )

USER = "User"


@dataclass(frozen=True)
class Application:
    """A Blueprint whose names, types, access and expressions are all resolved.

    `entities` always contains `User` (built in, perhaps with own fields), in the order of the
    Blueprint with User first. `currency_digits` is the number of decimal places of `currency`.
    """

    name: str
    slug: str
    description: str
    currency: str
    currency_digits: int
    time_zone: str
    accounts: Accounts
    tenancy: Tenancy | None
    entities: Mapping[str, Entity]
    operations: Mapping[str, Operation]
    reports: Mapping[str, Report]
    feeds: Mapping[str, Feed]
    jobs: Mapping[str, Job]
    emails: Mapping[str, Email]
    webhooks: tuple[str, ...]

    @property
    def own_entities(self) -> tuple[Entity, ...]:
        """All entities but User."""
        return tuple(entity for name, entity in self.entities.items() if name != USER)

    def added_by_email(self, entity: Entity) -> str | None:
        """The relation to User of a membership that a new row may also give by e-mail address.

        None for other entities, and where people join by themselves.
        """
        for place in self.entities.values():
            members = place.members
            if members is None or members.through != entity.name or members.join_open:
                continue
            relation = entity.to_one[members.user_relation]
            taken = f"{relation.name}_email" in entity.fields
            if entity.owner != relation.name and relation.editable_by is None and not taken:
                return relation.name
        return None

    @cached_property
    def tells_time(self) -> bool:
        """Whether a derived or computed value changes by itself, as time passes."""
        fields = [field for entity in self.entities.values() for field in entity.fields.values()]
        derived = [field.derived for field in fields if field.derived]
        expressions = [
            *(field.computed for field in fields),
            *(one.where for one in derived),
            *(one.value for one in derived),
        ]
        return any(expression.uses_now for expression in expressions if expression)
