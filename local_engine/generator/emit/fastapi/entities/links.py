"""Plain many-to-many relations: functions of the repository that make and take back a pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Links
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    CONNECTION,
    DB,
    UUID,
    Functions,
    guarded,
)
from local_engine.generator.emit.fastapi.entities.rules import EntityRules
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.python import (
    NONE,
    Dictionary,
    Evaluate,
    Expression,
    Function,
    Name,
    Statement,
    await_,
    call,
    const,
    imported,
    parameter,
)
from local_engine.generator.emit.relational.names import link_columns, link_table, quote, snake


def linked_key(links: Links, own_key: str) -> str:
    """The variable with the id of the other side."""
    key = f"{snake(links.to)}_key"
    return f"linked_{key}" if key == own_key else key


@dataclass(frozen=True)
class LinkFunctions(Functions):
    """Builds the functions for pairs."""

    def functions(self) -> Iterator[Function]:
        """Two for each relation."""
        if self.plan.writes_inside:
            for links in self.plan.entity.links.values():
                yield self._link(links)
                yield self._unlink(links)

    def constants(self) -> Iterator[tuple[str, Sql]]:
        """The statements of these functions, with their names in the module."""
        if not self.plan.writes_inside:
            return
        for links in self.plan.entity.links.values():
            name = links.name.upper()
            table = quote(link_table(self.plan.entity, links))
            columns = link_columns(self.plan.entity, links)
            listed = ", ".join(map(quote, columns))
            values = ", ".join(f"%({column})s" for column in columns)
            where = " AND ".join(f"{quote(column)} = %({column})s" for column in columns)
            yield f"LINKABLE_{name}", self._linkable(links)
            yield (
                f"LINK_{name}",
                Sql(
                    block(
                        f"INSERT INTO {table} ({listed})",
                        f"VALUES ({values})",
                        "ON CONFLICT DO NOTHING",
                    )
                ),
            )
            yield f"UNLINK_{name}", Sql(block(f"DELETE FROM {table}", f"WHERE {where}"))

    def _linkable(self, links: Links) -> Sql:
        """Finds the other row, if the actor may read it."""
        target = self.plan.plan_of(links.to)
        symbol = self.statements.access_of(target)
        table, tenant = target.resource.table, target.resource.tenant
        conditions = [f"{table}.id = %(linked)s"]
        if tenant is not None and self.plan.resource.tenant is not None:
            conditions.append(f"{table}.{quote(tenant.column)} = %({tenant.parameter})s")
        conditions.append(f"{{{symbol.bare}.READABLE}}")
        return Sql(
            block(
                "SELECT 1",
                f"{{{symbol.bare}.SOURCE}}",
                f"WHERE {' AND '.join(conditions)}",
                f"FOR KEY SHARE OF {table}",
            ),
            {symbol.bare: symbol},
        )

    def _checks(self, links: Links) -> Iterator[Statement]:
        """The other row must be readable, and this one may be changed now."""
        names = self.parameters(own=True, linked=linked_key(links, self.plan.resource.key))
        yield guarded("require_row", "connection", f"LINKABLE_{links.name.upper()}", names)
        if EntityRules(self.plan).editable:
            check = call("require_editable", "connection", self.plan.resource.key)
            yield Evaluate(await_(check))

    def _pair(self, links: Links) -> Expression:
        """The parameters of a statement about a pair."""
        key = self.plan.resource.key
        values = (Name(key), Name(linked_key(links, key)))
        columns = map(const, link_columns(self.plan.entity, links))
        return Dictionary(tuple(zip(columns, values, strict=True)))

    def _link(self, links: Links) -> Function:
        return self._function(f"link_{links.name}", links, "Link")

    def _unlink(self, links: Links) -> Function:
        return self._function(f"unlink_{links.name}", links, "Unlink")

    def _function(self, name: str, links: Links, verb: str) -> Function:
        other = self.plan.plan_of(links.to).resource
        run = call(imported(DB, "execute"), "connection", name.upper(), self._pair(links))
        key = linked_key(links, self.plan.resource.key)
        preposition = "with" if verb == "Link" else "from"
        return self.function(
            name,
            (CONNECTION, ACTOR, *self.keys(own=True), parameter(key, UUID)),
            NONE,
            f"{verb} a locked {self.plan.resource.words} {preposition} {other.a_row}.\n\n"
            f"Raises a 404 problem unless the actor may read the {other.words}.",
            *self._checks(links),
            Evaluate(await_(run)),
        )
