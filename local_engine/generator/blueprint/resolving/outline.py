"""The outline of each entity: which names it has and where its relations lead.

Made first, from names alone, so that everything else can be resolved in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from local_engine.generator.blueprint import model


@dataclass(frozen=True)
class Reference:
    """A to-one relation: `source` is None for the implicit relation to the tenant."""

    to: str
    optional: bool
    source: model.ToOne | None


@dataclass(frozen=True)
class Inverse:
    """A to-many relation: the rows of `of` whose relation `inverse` leads here."""

    of: str
    inverse: str
    source: model.ToMany


@dataclass
class Outline:
    """The names of one entity; `broken` are those with a problem that was told already."""

    name: str
    source: model.Entity
    snake: str
    table: str
    segment: str
    fields: dict[str, model.Field] = field(default_factory=dict)
    to_one: dict[str, Reference] = field(default_factory=dict)
    to_many: dict[str, Inverse] = field(default_factory=dict)
    links: dict[str, model.Links] = field(default_factory=dict)
    state_field: str | None = None
    states: tuple[str, ...] = ()
    broken: set[str] = field(default_factory=set)
    tenanted: bool = False

    def names(self) -> Iterator[str]:
        """All names that the Blueprint gives in this entity."""
        yield from self.fields
        yield from self.to_one
        yield from self.to_many
        yield from self.links
        if self.state_field is not None:
            yield self.state_field

    def has(self, name: str) -> bool:
        """Whether there is such a name, also a broken one."""
        return name in self.broken or name in set(self.names())

    @property
    def columns(self) -> list[str]:
        """Names that are kept in the entity's own table."""
        state = [self.state_field] if self.state_field else []
        return [*self.fields, *self.to_one, *state]


Outlines = Mapping[str, Outline]
