"""What the parts of the schema need to know of the whole application, worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from local_engine.generator.blueprint.resolved import Application, AtMost, Entity, Field
from local_engine.generator.emit.relational.chains import Chain, Way, chains_of
from local_engine.generator.emit.relational.names import relation_column
from local_engine.generator.emit.relational.rules import constraints_by_rule


@dataclass(frozen=True)
class Context:
    """The application with what is asked of it again and again.

    `constraints` are constraint names by rule id. `referred` are the entities that rows of a
    tenant refer to. `derived` are, by the way from the children, the fields of the parent that
    are worked out from these children. `counted` are the ways along which rows are counted,
    `capacities`, by the entity that bears the limit, the rules with a limit that is no constant.
    `chains` are, by entity, those to rows that must go before a row of it, and `going` all entities
    whose derived values are left alone meanwhile.
    """

    application: Application
    constraints: Mapping[str, str]
    referred: frozenset[str]
    derived: Mapping[Way, tuple[tuple[Entity, Field], ...]]
    counted: frozenset[Way]
    capacities: Mapping[str, tuple[tuple[Entity, AtMost], ...]]
    chains: Mapping[str, tuple[Chain, ...]]
    going: frozenset[str]

    @classmethod
    def of(cls, application: Application) -> Self:
        """The context of an application."""
        entities = application.entities.values()
        chains = chains_of(application)
        return cls(
            application,
            constraints_by_rule(application),
            frozenset(
                relation.to
                for entity in entities
                if entity.tenanted
                for relation in entity.to_one.values()
            ),
            _derived(application),
            frozenset((entity.name, rule.per[0]) for entity, rule in _counts(application)),
            _capacities(application),
            chains,
            frozenset(chains) | {_target(application, chain[0]) for chain in _all(chains)},
        )

    def entity(self, name: str) -> Entity:
        """The entity of that name."""
        return self.application.entities[name]

    def tenant_column(self, entity: Entity) -> str | None:
        """The column of the tenant in a table whose rows belong to one."""
        tenancy = self.application.tenancy
        if tenancy is None or not entity.tenanted:
            return None
        return relation_column(tenancy.relation)

    def changes(self, way: Way) -> bool:
        """Whether writing a row of the entity also locks or changes the row that it refers to."""
        return way in self.derived or way in self.counted


def _derived(application: Application) -> dict[Way, tuple[tuple[Entity, Field], ...]]:
    found: dict[Way, list[tuple[Entity, Field]]] = {}
    for parent in application.entities.values():
        for field in parent.fields.values():
            if field.derived is not None:
                many = parent.to_many[field.derived.many]
                found.setdefault((many.of, many.inverse), []).append((parent, field))
    return {way: tuple(fields) for way, fields in found.items()}


def _counts(application: Application) -> Iterator[tuple[Entity, AtMost]]:
    """The rules that count rows for each row of a relation."""
    for entity in application.entities.values():
        for rule in entity.rules:
            if isinstance(rule, AtMost) and rule.per:
                yield entity, rule


def _capacities(application: Application) -> dict[str, tuple[tuple[Entity, AtMost], ...]]:
    found: dict[str, list[tuple[Entity, AtMost]]] = {}
    for entity, rule in _counts(application):
        if not isinstance(rule.limit, int):
            found.setdefault(entity.to_one[rule.per[0]].to, []).append((entity, rule))
    return {name: tuple(rules) for name, rules in found.items()}


def _all(chains: Mapping[str, tuple[Chain, ...]]) -> Iterator[Chain]:
    for found in chains.values():
        yield from found


def _target(application: Application, way: Way) -> str:
    """The entity that the way leads to."""
    return application.entities[way[0]].to_one[way[1]].to
