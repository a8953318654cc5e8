"""Request bodies that are not what they should be: broken JSON, another type, not an object."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification import expect
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange

_MALFORMED = (b'{"a":', b"{'a': 1}", b'{"a": 1}}', b"\xff\xfe{}", b'{"a": "\xc3\x28"}', b"")
_NOT_OBJECTS = (b"[]", b'"text"', b"1", b"null", b"true")
_OTHER_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)


def checks(application: Application) -> Iterator[Check]:
    """Checks of bodies, for each route that takes JSON."""
    for entity in application.own_entities:
        if "create" in entity.actions:
            yield from _three("create", entity.name.lower(), partial(_create, entity))
        if "update" in entity.actions:
            yield from _three("update", entity.name.lower(), partial(_update, entity))
    yield from _three("post", "auth_refresh", lambda _: Target("POST", "/auth/refresh"))
    yield from _three("post", "auth_logout", lambda _: Target("POST", "/auth/logout"))
    yield from _three(
        "patch", "users_me", lambda c: Target("PATCH", "/users/me", c.world.actor("user"))
    )
    if application.accounts.sign_up != "closed":
        yield from _three("post", "auth_register", lambda _: Target("POST", "/auth/register"))


@dataclass(frozen=True)
class Target:
    """Where a body is sent to, and by whom."""

    method: str
    path: str
    actor: Actor = ANONYMOUS
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, context: Context, body: bytes, content_type: str) -> Exchange:
        """Send these bytes as of that type."""
        headers = {**self.headers, "Content-Type": content_type}
        return context.http.send(
            self.method, self.path, actor=self.actor, body=body, headers=headers
        )


def _three(action: str, name: str, target: Callable[[Context], Target]) -> Iterator[Check]:
    where = f"contract.{{}}.{action}.{name}"
    yield Check(
        where.format("malformed_json"),
        f"Broken JSON is answered 400 ({action} {name}).",
        partial(_malformed, target),
    )
    yield Check(
        where.format("not_an_object"),
        f"JSON that is not an object is answered 422 ({action} {name}).",
        partial(_not_an_object, target),
    )
    yield Check(
        where.format("content_type"),
        f"A body of another type than JSON is answered 415 ({action} {name}).",
        partial(_other_type, target),
    )


def _create(entity: Entity, context: Context) -> Target:
    draft = context.once(("draft", entity.name), lambda: context.world.draft(entity.name))
    return Target("POST", draft.path, draft.actor)


def _update(entity: Entity, context: Context) -> Target:
    row = context.once(("row", entity.name), lambda: context.world.create(entity.name))
    actor = context.world.who_can(entity.name, "update", row)
    if actor is None:
        raise NotApplicable("no actor at hand may update such a row")
    headers = {"If-Match": row.etag} if entity.guarded else {}
    return Target("PATCH", row.path, actor, headers)


def _malformed(target: Callable[[Context], Target], context: Context) -> None:
    where = target(context)
    for body in _MALFORMED:
        answer = where.send(context, body, "application/json")
        expect.problem(answer, 400, why=f"the body {body!r} is not JSON in UTF-8")


def _not_an_object(target: Callable[[Context], Target], context: Context) -> None:
    where = target(context)
    for body in _NOT_OBJECTS:
        answer = where.send(context, body, "application/json")
        expect.problem(answer, 422, why=f"{body.decode()} is not a JSON object")


def _other_type(target: Callable[[Context], Target], context: Context) -> None:
    where = target(context)
    for content_type in _OTHER_TYPES:
        answer = where.send(context, b"{}", content_type)
        expect.problem(answer, 415, why=f"{content_type} is not application/json")
