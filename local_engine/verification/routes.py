"""The routes that a Blueprint promises, worked out from docs/blueprint.md and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from local_engine.generator.blueprint.resolved import (
    USER,
    Access,
    Application,
    Authenticated,
    Clause,
    Entity,
    FieldType,
    HasRole,
    Public,
)

UNLISTED = (("GET", "/health"), ("GET", "/ready"))

_PUBLIC = Access((Clause(Public()),))
_SIGNED_IN = Access((Clause(Authenticated()),))
_ADMIN = Access((Clause(HasRole("admin")),))
_PARAMETER = re.compile(r"\{[^}]*\}")


class Kind(StrEnum):
    """What a route is for."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NESTED = "nested"
    TRANSITION = "transition"
    OPERATION = "operation"
    REPORT = "report"
    FEED = "feed"
    FILE = "file"
    LINKS = "links"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Route:
    """One promised method of one path.

    `path` has the row's own id as `{id}` and those of its parents as `{<entity>_id}`. `entity` is
    the one whose rows it answers or changes; `name` that of the transition, operation, report,
    feed, file field, links or to-many relation. `access` is who may use it, before any row.
    """

    method: str
    path: str
    kind: Kind
    entity: str = ""
    name: str = ""
    access: Access = field(default=_SIGNED_IN, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Method and path, comparable: the names of path parameters do not matter."""
        return self.method, nameless(self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def nameless(path: str) -> str:
    """The path with `{}` for each parameter."""
    return _PARAMETER.sub("{}", path)


def promised_routes(application: Application) -> tuple[Route, ...]:
    """All routes of the application, each method and path once."""
    routes = [*_account_routes(application)]
    for entity in application.own_entities:
        routes += _entity_routes(application, entity)
    routes += _operation_routes(application)
    return tuple({route.key: route for route in reversed(routes)}.values())[::-1]


def collection(application: Application, entity: Entity) -> str:
    """The path of the entity's collection, with the ids of tenant and parents as parameters."""
    if entity.part_of:
        parent = application.entities[entity.to_one[entity.part_of].to]
        above = f"{collection(application, parent)}/{{{snake(parent.name)}_id}}"
        return f"{above}/{_segment_below(parent, entity)}"
    return f"{_tenant_prefix(application) if entity.tenanted else ''}/{entity.segment}"


def _segment_below(parent: Entity, part: Entity) -> str:
    """The segment of a part's collection: what its parent calls it, or the part's own plural."""
    for many in parent.to_many.values():
        if many.of == part.name and many.inverse == part.part_of:
            return kebab(many.name)
    return part.segment


def snake(name: str) -> str:
    """A PascalCase name in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def kebab(name: str) -> str:
    """A snake_case name in kebab-case."""
    return name.replace("_", "-")


def _tenant_prefix(application: Application) -> str:
    if application.tenancy is None:
        return ""
    tenant = application.entities[application.tenancy.tenant]
    return f"/{tenant.segment}/{{{application.tenancy.relation}_id}}"


def _entity_routes(application: Application, entity: Entity) -> Iterator[Route]:
    base = collection(application, entity)
    row = f"{base}/{{id}}"
    methods = {
        Kind.LIST: ("GET", base),
        Kind.CREATE: ("POST", base),
        Kind.READ: ("GET", row),
        Kind.UPDATE: ("PATCH", row),
        Kind.DELETE: ("DELETE", row),
    }
    for kind, (method, path) in methods.items():
        if kind.value in entity.actions:
            yield Route(method, path, kind, entity.name, access=entity.access[kind.value])
    yield from _row_routes(entity, row)
    yield from _nested_routes(application, entity, f"{base}/{{{snake(entity.name)}_id}}")


def _row_routes(entity: Entity, row: str) -> Iterator[Route]:
    reads, writes = "read" in entity.actions, not entity.access["update"].nobody
    methods = [("GET", "read")] * reads + [("PUT", "update"), ("DELETE", "update")] * writes
    for name, item in entity.fields.items():
        if item.type is FieldType.FILE:
            for method, action in methods:
                if method != "GET" or not item.private:
                    path = f"{row}/{kebab(name)}"
                    yield Route(method, path, Kind.FILE, entity.name, name, entity.access[action])
    for name, links in entity.links.items():
        for method, action in methods:
            path = f"{row}/{kebab(name)}" + (
                "" if method == "GET" else f"/{{{snake(links.to)}_id}}"
            )
            yield Route(method, path, Kind.LINKS, entity.name, name, entity.access[action])
    for name, transition in (entity.states.transitions if entity.states else {}).items():
        path = f"{row}/{kebab(name)}"
        yield Route("POST", path, Kind.TRANSITION, entity.name, name, transition.access)


def _nested_routes(application: Application, entity: Entity, row: str) -> Iterator[Route]:
    if "read" not in entity.actions:
        return
    for name, many in entity.to_many.items():
        child = application.entities[many.of]
        if child.part_of != many.inverse and "list" in child.actions:
            path = f"{row}/{kebab(name)}"
            yield Route("GET", path, Kind.NESTED, child.name, name, child.access["list"])


def _operation_routes(application: Application) -> Iterator[Route]:
    tenant = _tenant_prefix(application)
    for operation in application.operations.values():
        if operation.on:
            on = application.entities[operation.on]
            path = f"{collection(application, on)}/{{id}}/{operation.segment}"
        else:
            path = f"{tenant if operation.tenanted else ''}/operations/{operation.segment}"
        entity = operation.on or ""
        yield Route("POST", path, Kind.OPERATION, entity, operation.name, operation.access)
    for report in application.reports.values():
        path = f"{tenant if report.tenanted else ''}/reports/{report.segment}"
        yield Route("GET", path, Kind.REPORT, report.entity, report.name, report.access)
    for feed in application.feeds.values():
        path = f"{tenant if feed.tenanted else ''}/feeds/{feed.segment}"
        yield Route("GET", path, Kind.FEED, feed.entity, feed.name, feed.access)


def _account_routes(application: Application) -> Iterator[Route]:
    def account(method: str, path: str, access: Access) -> Route:
        return Route(method, path, Kind.ACCOUNT, USER, access=access)

    sign_up = application.accounts.sign_up
    if sign_up != "closed":
        yield account("POST", "/auth/register", _PUBLIC)
    if sign_up == "invite":
        yield account("POST", "/auth/invitations", _ADMIN)
    for step in ("login", "refresh", "logout"):
        yield account("POST", f"/auth/{step}", _PUBLIC)
    yield account("GET", "/users/me", _SIGNED_IN)
    yield account("PATCH", "/users/me", _SIGNED_IN)
    yield account("PUT", "/users/me/password", _SIGNED_IN)
    yield account("GET", "/users", _ADMIN)
    yield account("GET", "/users/{id}", _ADMIN)
    yield account("PUT", "/users/{id}/roles", _ADMIN)
