"""What handlers of an entity's router share: their form, their beginnings, their transactions.

A handler refuses in the order of docs/blueprint.md §3: who asks, where, which row, the body's
form, the version, the body's content, and last what the database refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, HasRole
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.python import (
    Call,
    Evaluate,
    Expression,
    Formatted,
    Function,
    Name,
    Operand,
    Return,
    Sequence,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
    parameter,
)

REQUEST = imported("starlette.requests", "Request")
RESPONSE = imported("starlette.responses", "Response")
CORE_ACCESS = "app.core.access"
DOCUMENTS = "app.core.documents"
OPENAPI = "app.core.openapi"
CONNECTION = parameter("connection", imported("app.core.db", "Connection"))


@dataclass(frozen=True)
class Handler:
    """A route: its place below the router's prefix, what OpenAPI says of it, and its body.

    `path` begins with `/` or is empty; `texts` are the path's parameters, in their order.
    """

    method: str
    path: str
    name: str
    summary: str
    description: str
    texts: tuple[str, ...]
    body: tuple[Statement, ...]
    problems: tuple[int, ...]
    details: dict[str, Expression]
    model: Expression | None = None
    status: int | None = None
    answers: Expression | None = None
    response_class: Expression | None = None

    def function(self) -> Function:
        """The handler as code."""
        texts = tuple(parameter(name, "str") for name in self.texts)
        return Function(
            self.name,
            (parameter("request", REQUEST), *texts),
            RESPONSE,
            self.body,
            self.description,
            (self._decorator(),),
            is_async=True,
        )

    def _decorator(self) -> Call:
        options: dict[str, Expression] = {
            "operation_id": const(self.name),
            "summary": const(self.summary),
        }
        if self.status is not None:
            options["status_code"] = const(self.status)
        if self.model is not None:
            options["response_model"] = self.model
        if self.response_class is not None:
            options["response_class"] = self.response_class
        refused = call(imported(OPENAPI, "problems"), *map(const, sorted(set(self.problems))))
        options["responses"] = refused if self.answers is None else self.answers
        options["openapi_extra"] = call(imported(OPENAPI, "details"), **self.details)
        return call(attribute("router", self.method), const(self.path), **options)


@dataclass(frozen=True)
class Routes:
    """Builds handlers of one entity, for the package `home` (its own if that is empty)."""

    plan: Plan
    home: str = ""

    def texts(self, *, own: bool) -> tuple[str, ...]:
        """The parameters of the path: tenant and parents, with `own` also the row itself."""
        names = tuple(step.parameter for step in self.plan.resource.steps)
        return (*names, self.plan.resource.id_parameter) if own else names

    def keys(self, *, own: bool) -> tuple[str, ...]:
        """The variables with the ids of the path, as functions of the repository take them."""
        return (*self.plan.keys, *([self.plan.resource.key] if own else []))

    @property
    def item(self) -> str:
        """The path of one row below the router's prefix."""
        return f"/{{{self.plan.resource.id_parameter}}}"

    def repository(self, function: str) -> Expression:
        """A function or constant of the repository."""
        package = self.plan.resource.package
        elsewhere = self.home not in ("", package)
        alias = package.rpartition(".")[2] if elsewhere else ""
        return attribute(imported(package, "repository", alias), function)

    def opening(
        self, access: Access, *, own: bool, further: dict[str, str] | None = None
    ) -> list[Statement]:
        """Who asks, and the ids of the path; 401 and 404. `further` are ids: variable → text."""
        authenticate = call(imported(CORE_ACCESS, "authenticate"), "request")
        found: list[Statement] = [assign("actor", authenticate)]
        if not access.admits_anonymous:
            found.append(Evaluate(call(imported(CORE_ACCESS, "require_signed_in"), "actor")))
        pairs = dict(zip(self.keys(own=own), self.texts(own=own), strict=True)) | (further or {})
        parse = imported(CORE_ACCESS, "parse_id")
        if len(pairs) == 1:
            found += [assign(key, call(parse, text)) for key, text in pairs.items()]
        elif pairs:
            values = tuple(call(parse, text) for text in pairs.values())
            found.append(assign(", ".join(pairs), Sequence(values, "  ")))
        return found

    def roles(self, access: Access) -> list[Statement]:
        """The check that needs no row: who has none of the roles is refused with 403."""
        actors = [clause.actor for clause in access.clauses]
        roles = [actor.role for actor in actors if isinstance(actor, HasRole)]
        if len(roles) < len(actors) or any(clause.row_level for clause in access.clauses):
            return []
        check = call(imported(CORE_ACCESS, "require_role"), "actor", *map(const, roles))
        return [Evaluate(check)]

    def rate_limit(self, action: str) -> list[Statement]:
        """Counts the request where the Blueprint limits the action."""
        limit = self.plan.entity.rate_limits.get(action)
        if limit is None:
            return []
        times, seconds = limit
        name = const(f"{self.plan.resource.singular}.{action}")
        rate = call(
            imported("app.core.rate_limit", "RateLimit"), name, const(times), const(seconds)
        )
        count = call(imported("app.core.rate_limit", "limit_rate"), "request", "actor", rate)
        return [Evaluate(await_(count))]

    def limited(self, action: str, *problems: int) -> tuple[int, ...]:
        """The refusals of an action, with 429 where it is limited."""
        return (*problems, 429) if action in self.plan.entity.rate_limits else problems

    @property
    def database(self) -> Expression:
        """The database of the request."""
        return call(imported("app.core.services", "database"), "request")

    def transaction(self, *body: Statement) -> Function:
        """The inner function that runs in a transaction."""
        return Function("work", (CONNECTION,), RESPONSE, body, is_async=True)

    def run(self) -> Return:
        """Runs the inner function in a transaction."""
        return Return(await_(call(attribute(self.database, "run"), "work")))

    def receive(self, model: Expression) -> Statement:
        """Takes in the body."""
        received = call(imported("app.core.body", "receive_body"), "request", model)
        return assign("body", await_(received))

    def lock(self, action: str) -> Expression:
        """Locks the row; the value is its version."""
        function = self.repository(f"lock_for_{action}")
        return await_(call(function, "connection", "actor", *self.keys(own=True)))

    def check_version(self, version: Operand) -> Statement:
        """Compares If-Match with the row's version."""
        required: dict[str, Operand] = {"required": const(True)} if self.plan.entity.guarded else {}
        return Evaluate(call(imported(DOCUMENTS, "check_version"), "request", version, **required))

    @property
    def conditional(self) -> tuple[int, ...]:
        """The refusals that If-Match brings."""
        return (412, 428) if self.plan.entity.guarded else (412,)

    @property
    def if_match(self) -> dict[str, Expression]:
        """What OpenAPI says about If-Match."""
        return {"if_match": const("required" if self.plan.entity.guarded else "optional")}

    def signing_in(self, access: Access) -> dict[str, Expression]:
        """What OpenAPI says about signing in."""
        return {"access": const("optional")} if access.admits_anonymous else {}

    def address(self) -> Expression:
        """The path of a row, with its ids."""
        resource = self.plan.resource
        values = dict(zip(self.texts(own=True), self.keys(own=True), strict=True))
        parts: list[str | Expression] = []
        for segment in resource.item.split("/")[1:]:
            parts.append("/")
            name = segment[1:-1]
            parts.append(Name(values[name]) if segment.startswith("{") else segment)
        return Formatted(tuple(parts))

    def who(self, action: str) -> str:
        """Who may perform an action, as a sentence."""
        access = self.plan.access.effective(action)
        written = ", ".join(clause.written for clause in access.clauses)
        if self.plan.access.through_parent(action) and self.plan.resource.parent is not None:
            parent = self.plan.resource.parent.resource.words
            verb = "read" if action in ("list", "read") else "change"
            return f"For whoever may {verb} the {parent} ({written})."
        return f"For: {written}."
