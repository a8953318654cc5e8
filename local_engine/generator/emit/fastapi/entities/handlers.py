"""The handlers of the five actions: list, create, read, update, delete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access
from local_engine.generator.emit.fastapi.entities.events import Events
from local_engine.generator.emit.fastapi.entities.lists import hidden_names
from local_engine.generator.emit.fastapi.entities.routing import DOCUMENTS, Handler, Routes
from local_engine.generator.emit.python import (
    NONE,
    Evaluate,
    Expression,
    If,
    Infix,
    Name,
    Prefixed,
    Return,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
)


@dataclass(frozen=True)
class ActionRoutes(Routes):
    """Builds the handlers of the entity's own actions."""

    def handlers(self) -> Iterator[Handler]:
        """One for each action that exists."""
        build = {
            "list": self._list,
            "read": self._read,
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
        }
        for action in self.plan.actions:
            yield build[action]()

    @property
    def _events(self) -> Events:
        return Events(self.plan)

    @property
    def _reload(self) -> Expression:
        return call(self.repository("reload"), "connection", "actor", self.plan.resource.key)

    def _list(self) -> Handler:
        plan = self.plan
        access = plan.access.effective("list")
        body = self.opening(access, own=False) + self.rate_limit("list")
        keys = self.keys(own=False)
        if plan.nested:
            check = call(self.repository("require_reachable"), self.database, "actor", *keys)
            body.append(Evaluate(await_(check)))
        if not plan.access.through_parent("list"):
            body += self.roles(access)
        page = call(self.repository("list_page"), self.database, "actor", *keys, "page")
        body += [
            assign("page", self.parsed_query()),
            Return(call(imported(DOCUMENTS, "JsonResponse"), await_(page))),
        ]
        words = plan.resource.plural_words
        return Handler(
            "get",
            "",
            f"list_{plan.entity.table}",
            f"List {words}",
            f"{words[:1].upper()}{words[1:]}, a page at a time. {self.who('list')}",
            self.texts(own=False),
            tuple(body),
            self.limited("list", 401, 403, *((404,) if plan.nested else ()), 422),
            {**self.signing_in(access), "query": self.repository("LIST")},
            plan.schemas.model("Page"),
        )

    def parsed_query(self) -> Expression:
        """The page that the query string asks for; some names are kept from some actors."""
        query = attribute("request", "query_params")
        hidden = tuple(hidden_names(self.plan))
        parse = attribute(self.repository("LIST"), "parse")
        if not hidden:
            return call(parse, query)
        return call(parse, query, call(self.repository("hidden_names"), "actor"))

    def _create(self) -> Handler:
        plan, resource = self.plan, self.plan.resource
        access = plan.access.effective("create")
        replaces = " One that is there already is replaced (200)." if plan.entity.upsert else ""
        details: dict[str, Expression] = {
            **self.signing_in(access),
            "body": plan.schemas.model("Create"),
            "idempotent": const(True),
            "etag": const(True),
            "location": const(True),
            "status": const(201),
        }
        if plan.entity.upsert:
            details["replaced"] = plan.schemas.model()
        return Handler(
            "post",
            "",
            f"create_{resource.singular}",
            f"Create {resource.a_row}",
            f"A new {resource.words}.{replaces}{self._named()} {self.who('create')}",
            self.texts(own=False),
            tuple(self._creation(access)),
            self.limited(
                "create", 400, 401, 403, *((404,) if plan.nested else ()), 409, 413, 415, 422
            ),
            details,
            plan.schemas.model(),
            201,
        )

    def _named(self) -> str:
        """How a body may name whom it adds."""
        address = self.plan.schemas.emailed
        if address is None:
            return ""
        return f" {address.removesuffix('_email').capitalize()}: by id or by e-mail address."

    def _creation(self, access: Access) -> Iterator[Statement]:
        """The body of the handler that creates a row."""
        plan, resource = self.plan, self.plan.resource
        yield from self.opening(access, own=False)
        yield from self.rate_limit("create")
        work: list[Statement] = []
        keys = self.keys(own=False)
        roles = [] if plan.access.through_parent("create") else self.roles(access)
        if plan.nested:
            name = "require_reachable" if resource.parent is None else "lock_parent"
            work.append(Evaluate(await_(call(self.repository(name), "connection", "actor", *keys))))
            work += roles
        else:
            yield from roles
        yield self.receive(plan.schemas.model("Create"))
        value = call(attribute("body", "value"))
        created = call(self.repository("create"), "connection", "actor", *keys, value)
        names = [resource.key, "document"]
        if plan.entity.upsert:
            tells = "before" if self._events.compared else "is_new"
            work.append(assign(", ".join([*names, tells]), await_(created)))
            work += self._events.after_upsert(self._reload)
            replaced = call(imported(DOCUMENTS, "document_response"), "request", "document")
            was_there: Expression = Prefixed("not ", Name("is_new"))
            if self._events.compared:
                was_there = Infix("is not", (Name("before"), NONE))
            work.append(If(was_there, (Return(replaced),)))
        else:
            followed = self._events.after("create", self._reload)
            kept = [resource.key, "_"] if followed else names
            work += [assign(", ".join(kept), await_(created)), *followed]
        location = self.address()
        work.append(Return(call(imported(DOCUMENTS, "created_response"), "document", location)))
        yield self.transaction(*work)
        run = call(imported("app.core.idempotency", "run_once"), "request", "actor", "body", "work")
        yield Return(await_(run))

    def _read(self) -> Handler:
        plan, resource = self.plan, self.plan.resource
        access = plan.access.effective("read")
        body = self.opening(access, own=True) + self.rate_limit("read")
        document = call(self.repository("read"), self.database, "actor", *self.keys(own=True))
        body += [
            assign("document", await_(document)),
            Return(call(imported(DOCUMENTS, "document_response"), "request", "document")),
        ]
        return Handler(
            "get",
            self.item,
            f"read_{resource.singular}",
            f"Read {resource.a_row}",
            f"One {resource.words}. {self.who('read')}",
            self.texts(own=True),
            tuple(body),
            self.limited("read", 401, 404),
            {**self.signing_in(access), "etag": const(True), "if_none_match": const(True)},
            plan.schemas.model(),
        )

    def _update(self) -> Handler:
        plan, resource = self.plan, self.plan.resource
        access = plan.access.effective("update")
        model = plan.schemas.model("Update")
        body = self.opening(access, own=True) + self.rate_limit("update")
        value = call(attribute("body", "value"))
        update = call(self.repository("update"), "connection", "actor", *self.keys(own=True), value)
        followed = self._events.after("update", self._reload)
        changed = Evaluate(await_(update)) if followed else assign("document", await_(update))
        body += [
            self.receive(model),
            self.transaction(
                assign("version", self.lock("update")),
                Evaluate(call(attribute("body", "require_readable"))),
                self.check_version("version"),
                *self._events.before("update"),
                changed,
                *followed,
                Return(call(imported(DOCUMENTS, "document_response"), "request", "document")),
            ),
            self.run(),
        ]
        return Handler(
            "patch",
            self.item,
            f"update_{resource.singular}",
            f"Change {resource.a_row}",
            f"Only the given fields change. {self.who('update')}",
            self.texts(own=True),
            tuple(body),
            self.limited("update", 400, 401, 403, 404, 409, *self.conditional, 413, 415, 422),
            {"body": model, "etag": const(True), **self.if_match},
            plan.schemas.model(),
        )

    def _delete(self) -> Handler:
        resource = self.plan.resource
        access = self.plan.access.effective("delete")
        body = self.opening(access, own=True) + self.rate_limit("delete")
        body += [
            self.transaction(
                assign("version", self.lock("delete")),
                self.check_version("version"),
                *self._events.run("delete"),
                Evaluate(await_(call(self.repository("delete"), "connection", resource.key))),
                Return(call(imported(DOCUMENTS, "no_content"))),
            ),
            self.run(),
        ]
        return Handler(
            "delete",
            self.item,
            f"delete_{resource.singular}",
            f"Delete {resource.a_row}",
            f"The {resource.words} is gone for good. {self.who('delete')}",
            self.texts(own=True),
            tuple(body),
            self.limited("delete", 401, 403, 404, 409, *self.conditional),
            self.if_match,
            status=204,
        )
