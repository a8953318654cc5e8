"""Entities as the generated service sees them: where they live, in the URL and in the code.

A resource adds to an entity everything that several files must agree on: its package, the names
of functions and parameters, and the chain of rows (tenant, parents) that its paths go through.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import USER, Application, Entity, ToMany
from local_engine.generator.emit.relational.names import quote, relation_column, snake

RESERVED_PACKAGES = frozenset(
    {
        "access",
        "accounts",
        "core",
        "effects",
        "emails",
        "extensions",
        "feeds",
        "jobs",
        "main",
        "operations",
        "outbox",
        "profile",
        "project",
        "reports",
        "rows",
        "rules",
        "seed",
        "tasks",
        "transitions",
        "users",
        "webhooks",
        "worker",
    }
)
"""Names below `app/` that belong to the parts every project has."""


@dataclass(frozen=True)
class Step:
    """A row that a path names before the row it is about.

    `parameter` is the path's parameter, `column` the column (of the row one step below) that
    refers to it.
    """

    parameter: str
    column: str
    resource: Resource


@dataclass(frozen=True, eq=False)
class Resource:
    """An entity with its place in the service."""

    entity: Entity
    tenant: Step | None
    parent: Step | None

    @property
    def name(self) -> str:
        """The entity's name, which is the class name of its answers."""
        return self.entity.name

    @cached_property
    def singular(self) -> str:
        """One row in names of functions: `order_line`."""
        return snake(self.entity.name)

    @property
    def words(self) -> str:
        """One row in texts for people: `order line`."""
        return self.singular.replace("_", " ")

    @property
    def a_row(self) -> str:
        """One row with its article: `an order line`."""
        article = "an" if self.words[0] in "aeio" else "a"
        return f"{article} {self.words}"

    @property
    def plural_words(self) -> str:
        """Several rows in texts for people: `order lines`."""
        return self.entity.table.replace("_", " ")

    @property
    def table(self) -> str:
        """The table's name as SQL needs it; also what statements call its row."""
        return quote(self.entity.table)

    @cached_property
    def package(self) -> str:
        """The dotted name of the package with the entity's modules."""
        name = self.entity.table
        taken = name in RESERVED_PACKAGES or keyword.iskeyword(name)
        return f"app.{name}_rows" if taken else f"app.{name}"

    @property
    def id_parameter(self) -> str:
        """The path's parameter for a row of this entity: `order_line_id`."""
        return f"{self.singular}_id"

    @property
    def key(self) -> str:
        """The variable with a row's id, once it is read from the path."""
        return f"{self.singular}_key"

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The rows that a path to this collection names: the tenant, then parents from above."""
        above = () if self.tenant is None else (self.tenant,)
        return above + tuple(reversed(list(self._parents())))

    def _parents(self) -> Iterator[Step]:
        step = self.parent
        while step is not None:
            yield step
            step = step.resource.parent

    @cached_property
    def collection(self) -> str:
        """The path of the collection: `/orders/{order_id}/lines`."""
        if self.parent is not None:
            return f"{self.parent.resource.item}/{self.segment}"
        prefix = "" if self.tenant is None else self.tenant.resource.item
        return f"{prefix}/{self.segment}"

    @property
    def item(self) -> str:
        """The path of one row."""
        return f"{self.collection}/{{{self.id_parameter}}}"

    @cached_property
    def segment(self) -> str:
        """The collection's segment: of a part, the name that its parent has for it."""
        if self.parent is not None:
            for many in self.parent.resource.entity.to_many.values():
                if many.of == self.entity.name and many.inverse == self.entity.part_of:
                    return many.name.replace("_", "-")
        return self.entity.segment


@dataclass(frozen=True)
class Resources(Mapping[str, Resource]):
    """The resources of an application by the names of their entities, User included."""

    application: Application

    @cached_property
    def _found(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for name in self.application.entities:
            self._add(name, found)
        return found

    def _add(self, name: str, found: dict[str, Resource]) -> Resource:
        if name not in found:
            entity = self.application.entities[name]
            found[name] = Resource(entity, self._tenant(entity, found), self._parent(entity, found))
        return found[name]

    def _tenant(self, entity: Entity, found: dict[str, Resource]) -> Step | None:
        tenancy = self.application.tenancy
        if tenancy is None or not entity.tenanted:
            return None
        column = relation_column(tenancy.relation)
        return Step(column, column, self._add(tenancy.tenant, found))

    def _parent(self, entity: Entity, found: dict[str, Resource]) -> Step | None:
        if entity.part_of is None:
            return None
        relation = entity.to_one[entity.part_of]
        resource = self._add(relation.to, found)
        return Step(resource.id_parameter, relation_column(relation.name), resource)

    def __getitem__(self, name: str) -> Resource:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def own(self) -> tuple[Resource, ...]:
        """All but User, in the order of the Blueprint."""
        return tuple(self[name] for name in self.application.entities if name != USER)

    @cached_property
    def listed(self) -> Mapping[str, list[tuple[Resource, ToMany]]]:
        """The to-many relations of others by the entity of their rows, each with its resource."""
        found: dict[str, list[tuple[Resource, ToMany]]] = {}
        for resource in self.own:
            for many in resource.entity.to_many.values():
                found.setdefault(many.of, []).append((resource, many))
        return found

    @cached_property
    def linked(self) -> Mapping[str, list[tuple[Resource, str]]]:
        """The many-to-many relations by the entity that they lead to, each with its resource."""
        found: dict[str, list[tuple[Resource, str]]] = {}
        for resource in self.own:
            for links in resource.entity.links.values():
                found.setdefault(links.to, []).append((resource, links.name))
        return found
