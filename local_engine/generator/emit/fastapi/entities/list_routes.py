"""Routes below a row: lists of the rows that refer to it, and its plain many-to-many links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Links, ToMany
from local_engine.generator.emit.fastapi.entities.handlers import ActionRoutes
from local_engine.generator.emit.fastapi.entities.links import linked_key
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.reading import (
    list_below_name,
    list_linked_name,
    lists_below,
)
from local_engine.generator.emit.fastapi.entities.routing import DOCUMENTS, Handler, Routes
from local_engine.generator.emit.python import (
    Evaluate,
    Return,
    Statement,
    assign,
    await_,
    call,
    imported,
)


@dataclass(frozen=True)
class ListRoutes(Routes):
    """Builds the handlers below a row of the entity."""

    def handlers(self) -> Iterator[Handler]:
        """All of them, in the order of the Blueprint."""
        for many in self.plan.entity.to_many.values():
            below = self.plan.plan_of(many.of)
            if lists_below(below, many):
                yield self._list_below(many, below)
        for links in self.plan.entity.links.values():
            other = self.plan.plan_of(links.to)
            yield self._list_linked(links, other)
            if self.plan.writes_inside:
                yield self._change_link(links, "put")
                yield self._change_link(links, "delete")

    def _readable(self) -> Statement:
        """The row must be readable."""
        check = call(
            self.repository("require_readable"), self.database, "actor", *self.keys(own=True)
        )
        return Evaluate(await_(check))

    def _list_below(self, many: ToMany, below: Plan) -> Handler:
        access = below.access.effective("list")
        routes = ActionRoutes(below, self.plan.resource.package)
        listed = call(
            routes.repository(list_below_name(self.plan, many)),
            self.database,
            "actor",
            *self._other_keys(below),
            "page",
        )
        body = [
            *self.opening(access, own=True),
            self._readable(),
            *routes.roles(access),
            assign("page", routes.parsed_query()),
            Return(call(imported(DOCUMENTS, "JsonResponse"), await_(listed))),
        ]
        return Handler(
            "get",
            f"{self.item}/{many.name.replace('_', '-')}",
            f"list_{self.plan.resource.singular}_{many.name}",
            f"List the {many.name.replace('_', ' ')} of {self.plan.resource.a_row}",
            f"Those {below.resource.plural_words} that belong to it. {routes.who('list')}",
            self.texts(own=True),
            tuple(body),
            (401, 403, 404, 422),
            {**self.signing_in(access), "query": routes.repository("LIST")},
            below.schemas.model("Page"),
        )

    def _other_keys(self, below: Plan) -> tuple[str, ...]:
        """The ids that the other list needs: the tenant where both have one, and this row."""
        tenant = below.resource.tenant
        above = () if tenant is None else (tenant.resource.key,)
        own = self.plan.resource.key
        return (*(key for key in above if key != own), own)

    def _list_linked(self, links: Links, other: Plan) -> Handler:
        access = self.plan.access.effective("read")
        routes = ActionRoutes(other, self.plan.resource.package)
        listed = call(
            routes.repository(list_linked_name(self.plan, links.name)),
            self.database,
            "actor",
            *self._other_keys(other),
            "page",
        )
        body = [
            *self.opening(access, own=True),
            self._readable(),
            assign("page", routes.parsed_query()),
            Return(call(imported(DOCUMENTS, "JsonResponse"), await_(listed))),
        ]
        return Handler(
            "get",
            f"{self.item}/{links.name.replace('_', '-')}",
            f"list_{self.plan.resource.singular}_{links.name}",
            f"List the {links.name.replace('_', ' ')} of {self.plan.resource.a_row}",
            f"Those that it is linked with and that the actor may read. {self.who('read')}",
            self.texts(own=True),
            tuple(body),
            (401, 404, 422),
            {**self.signing_in(access), "query": routes.repository("LIST")},
            other.schemas.model("Page"),
        )

    def _change_link(self, links: Links, method: str) -> Handler:
        plan = self.plan
        access = plan.access.effective("update")
        other = plan.plan_of(links.to).resource
        key = linked_key(links, plan.resource.key)
        text = f"{key.removesuffix('_key')}_id"
        verb = {"put": "link", "delete": "unlink"}[method]
        change = call(
            self.repository(f"{verb}_{links.name}"),
            "connection",
            "actor",
            *self.keys(own=True),
            key,
        )
        body = [
            *self.opening(access, own=True, further={key: text}),
            self.transaction(
                Evaluate(self.lock("update")),
                Evaluate(await_(change)),
                Return(call(imported(DOCUMENTS, "no_content"))),
            ),
            self.run(),
        ]
        preposition = {"put": "with", "delete": "from"}[method]
        return Handler(
            method,
            f"{self.item}/{links.name.replace('_', '-')}/{{{text}}}",
            f"{verb}_{plan.resource.singular}_{links.name}",
            f"{verb.capitalize()} {plan.resource.a_row} {preposition} {other.a_row}",
            f"Doing it again changes nothing. {self.who('update')}",
            (*self.texts(own=True), text),
            tuple(body),
            (401, 403, 404, 409),
            {},
            status=204,
        )
