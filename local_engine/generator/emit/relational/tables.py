"""Tables and columns of an application, as the compiler of expressions asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.expressions.table_names import Many
from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.generator.emit.relational.names import (
    column_of,
    link_columns,
    link_table,
    quote,
    relation_column,
)


@dataclass(frozen=True)
class ApplicationTables:
    """See `expressions.table_names.Tables`; all names are quoted where SQL needs it.

    Raises KeyError for an entity or attribute that the application does not have.
    """

    application: Application

    def _entity(self, name: str) -> Entity:
        return self.application.entities[name]

    def table(self, entity: str) -> str:
        """The table of an entity."""
        return quote(self._entity(entity).table)

    def column(self, entity: str, attribute: str) -> str:
        """The column of a field, a to-one relation, the state, or a standard column."""
        return quote(column_of(self._entity(entity), attribute))

    def target(self, entity: str, attribute: str) -> str:
        """The entity that a to-one relation leads to."""
        return self._entity(entity).to_one[attribute].to

    def many(self, entity: str, attribute: str) -> Many:
        """A to-many relation, or links."""
        owner = self._entity(entity)
        if attribute in owner.links:
            links = owner.links[attribute]
            near, far = (quote(column) for column in link_columns(owner, links))
            return Many(links.to, near, quote(link_table(owner, links)), far)
        many = owner.to_many[attribute]
        return Many(many.of, quote(relation_column(many.inverse)))

    def is_array(self, entity: str, attribute: str) -> bool:
        """Only the roles of users are an array; lists are kept as jsonb."""
        return entity == "User" and attribute == "roles"
