"""Feeds: one module each in `app/feeds`, a list of an entity under a condition of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import Feed
from local_engine.generator.emit.fastapi.actions.entrance import Entrance, conditions_of
from local_engine.generator.emit.fastapi.entities.functions import sql_expression
from local_engine.generator.emit.fastapi.entities.handlers import ActionRoutes
from local_engine.generator.emit.fastapi.entities.lists import (
    hidden_names,
    list_field,
    listed_names,
    value_type,
)
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import DOCUMENTS, Handler
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.sql.expressions import condition_sql
from local_engine.generator.emit.fastapi.sql.text import in_f_string
from local_engine.generator.emit.python import (
    Dictionary,
    Expression,
    Import,
    Module,
    Name,
    Return,
    Statement,
    Symbol,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    listing,
)
from local_engine.generator.emit.relational.names import quote, relation_column

PACKAGE = "app.feeds"
_DATABASE = call(imported("app.core.services", "database"), "request")


@dataclass(frozen=True)
class FeedPart:
    """One feed."""

    resources: Resources
    feed: Feed

    @property
    def entrance(self) -> Entrance:
        """The way in."""
        return Entrance(self.resources, self.feed.access, self.feed.tenanted)

    @cached_property
    def plan(self) -> Plan:
        """The entity whose rows it lists."""
        return Plan(self.resources, self.resources[self.feed.entity])

    @property
    def module_name(self) -> str:
        """The dotted name of its module."""
        return f"{PACKAGE}.{self.feed.name}"

    @property
    def router(self) -> Symbol:
        """Its router."""
        return Symbol(self.module_name, "router", f"{self.feed.name}_feed")

    @property
    def words(self) -> str:
        """Its name for people."""
        return self.feed.name.replace("_", " ")

    def modules(self) -> Iterator[Module]:
        """Its one module."""
        yield self.module()

    def module(self) -> Module:
        """The module."""
        module = Module(self.module_name, f"The feed “{self.words}”.\n\n{self._told}")
        module.assign(
            "router", call(imported("fastapi", "APIRouter"), tags=listing(const("feeds")))
        )
        self.entrance.add_guard(module)
        module.assign("SHOWN", sql_expression(self._shown()))
        if self.feed.sort:
            module.assign("LIST", self._list())
        module.define(self.handler().function())
        return module

    @property
    def _told(self) -> str:
        if self.feed.description.strip():
            return self.feed.description.strip()
        words = self.plan.resource.plural_words
        where = f" where {self.feed.where.text}" if self.feed.where is not None else ""
        return f"{words[:1].upper()}{words[1:]}{where}."

    @property
    def _repository(self) -> ActionRoutes:
        return ActionRoutes(self.plan, PACKAGE)

    def _shown(self) -> Sql:
        """Which rows there are for the actor."""
        row, symbol = self.plan.row, conditions_of(self.plan)
        conditions = [f"{{{symbol.bare}.READABLE}}"]
        tenancy = self.resources.application.tenancy
        if self.entrance.tenant is not None and tenancy is not None:
            column = quote(relation_column(tenancy.relation))
            parameter = self.entrance.tenant.id_parameter
            conditions.insert(0, f"{row.alias}.{column} = %({parameter})s")
        if self.feed.where is not None:
            conditions.append(in_f_string(condition_sql(self.feed.where, row)))
        return Sql(block("\nAND ".join(conditions)), {symbol.bare: symbol})

    def _list(self) -> Expression:
        """The entity's own list in another order."""
        known = {name.name for name in listed_names(self.plan)}
        options: dict[str, Expression] = {"default_sort": const(",".join(self.feed.sort))}
        missing = [name for name in self._sorted_by() if name not in known]
        listed = self._repository.repository("LIST")
        if missing:
            fields = [(None, attribute(listed, "fields"))]
            entries = [(const(name), self._field(name)) for name in missing]
            options["fields"] = Dictionary((*fields, *entries))
        return call(imported("dataclasses", "replace"), listed, **options)

    def _sorted_by(self) -> Iterator[str]:
        for key in self.feed.sort:
            yield key.removeprefix("-")

    def _field(self, name: str) -> Expression:
        field = self.plan.entity.fields[name]
        column = self.plan.row.value(name)
        return list_field(column, value_type(field), nullable=field.optional)

    def handler(self) -> Handler:
        """The route."""
        entrance, routes, plan = self.entrance, self._repository, self.plan
        query = Name("LIST") if self.feed.sort else routes.repository("LIST")
        arguments: list[Expression] = [attribute("request", "query_params")]
        if any(True for _ in hidden_names(plan)):
            arguments.append(call(routes.repository("hidden_names"), "actor"))
        fetched = call(
            attribute("page", "fetch"),
            _DATABASE,
            document=routes.repository("DOCUMENT"),
            source=attribute(Import(conditions_of(self.plan)), "SOURCE"),
            where="SHOWN",
            parameters=entrance.names(),
        )
        body: list[Statement] = [
            *entrance.opening(),
            *entrance.admission(_DATABASE),
            assign("page", call(attribute(query, "parse"), *arguments)),
            Return(call(imported(DOCUMENTS, "JsonResponse"), await_(fetched))),
        ]
        return Handler(
            "get",
            f"{entrance.prefix}/feeds/{self.feed.segment}",
            f"feed_{self.feed.name}",
            f"Feed: {self.words}",
            f"{self._told}\n\n{entrance.who}",
            tuple(entrance.place),
            tuple(body),
            (*entrance.problems, 422),
            {**entrance.signing_in, "query": query},
            plan.schemas.model("Page"),
        )


def feed_parts(resources: Resources) -> Iterator[FeedPart]:
    """All feeds."""
    for feed in resources.application.feeds.values():
        yield FeedPart(resources, feed)


def package_module() -> Module:
    """`app/feeds/__init__.py`."""
    return Module(PACKAGE, "Feeds: lists under a condition of their own.", is_package=True)
