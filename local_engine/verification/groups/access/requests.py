"""The request by which an actor of a scene uses a route, planned with all that it needs."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolved import Entity, Field, FieldType
from local_engine.verification.actors import Actor
from local_engine.verification.http import Request
from local_engine.verification.model import journeys, operating
from local_engine.verification.model.attempts import Attempt, row_slots
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.paths import collection_path, row_path, tenant_prefix
from local_engine.verification.model.scenes import Scene
from local_engine.verification.model.search import Search, succeeds
from local_engine.verification.model.sketch import build, if_match
from local_engine.verification.model.store import Row
from local_engine.verification.routes import Kind, Route, kebab
from local_engine.verification.world import CannotMake

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x56\xc7"
    b"/\r\x00\x00\x00\x00IEND\xaeB`\x82"
)
SAMPLES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9",
    "image/gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "application/pdf": b"%PDF-1.4\n%%EOF\n",
    "text/plain": b"a line\n",
}


def plan_request(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    """Plan the use of a route by an actor. Raises CannotMake."""
    match route.kind:
        case Kind.CREATE:
            return _create(maker, scene, actor)
        case Kind.UPDATE:
            return _update(maker, scene, actor)
        case Kind.TRANSITION:
            return _transition(maker, scene, route, actor)
        case Kind.OPERATION:
            return _operation(maker, scene, route, actor)
        case Kind.LIST:
            return build("GET", f"{collection_of(maker, scene)}?limit=100", actor)
        case Kind.NESTED:
            return build("GET", f"{_nested(maker, scene, route)}?limit=100", actor)
        case Kind.FILE:
            return _file(maker, scene, route, actor)
        case Kind.LINKS:
            return _links(maker, scene, route, actor)
        case _:
            return _plain(maker, scene, route, actor)


def row_of(maker: Maker, scene: Scene) -> Row:
    """The scene's row as planned so far."""
    return maker.sketch.row(scene.entity.name, scene.row)


def path_of(maker: Maker, scene: Scene) -> str:
    """The path of the scene's row."""
    return row_path(maker.sketch.model.view, row_of(maker, scene))


def _plain(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    row = row_of(maker, scene)
    headers = if_match(scene.entity, row) if route.method != "GET" else {}
    return build(route.method, path_of(maker, scene), actor, headers=headers)


def collection_of(maker: Maker, scene: Scene) -> str:
    """The path of the collection that the scene's row is in."""
    view, row = maker.sketch.model.view, row_of(maker, scene)
    tenancy = maker.application.tenancy
    tenant = row.values.get(tenancy.relation) if tenancy else None
    parent = view.get(row, scene.entity.part_of) if scene.entity.part_of else None
    return collection_path(view, scene.entity, tenant, parent)


def _nested(maker: Maker, scene: Scene, route: Route) -> str:
    """The path of the scene's row among the children of the row that it refers to."""
    view, row = maker.sketch.model.view, row_of(maker, scene)
    for name, relation in scene.entity.to_one.items():
        above = maker.application.entities[relation.to]
        many = above.to_many.get(route.name)
        if many and many.of == scene.entity.name and many.inverse == name:
            parent = view.get(row, name)
            if parent is None:
                raise CannotMake(f"the {scene.entity.name} has no {name}")
            return f"{row_path(view, parent)}/{kebab(route.name)}"
    raise CannotMake(f"nothing leads to {route}")


def _create(maker: Maker, scene: Scene, actor: Actor) -> Request:
    """A creation that succeeds if the actor may do it at all; else as somebody would who may."""
    mark = maker.sketch.mark()
    if actor.id:
        try:
            prepared = maker.prepare(scene.entity.name, scene.values, actor, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
        else:
            return prepared.request()
    prepared = by_creator(maker, scene)
    return build("POST", prepared.target, actor, dict(prepared.body))


def by_creator(maker: Maker, scene: Scene) -> Attempt:
    """A creation like that of the scene's row, by the one who made it if possible."""
    if scene.creator.id:
        mark = maker.sketch.mark()
        try:
            return maker.prepare(scene.entity.name, scene.values, scene.creator, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
    mark = maker.sketch.mark()
    try:
        return maker.prepare(scene.entity.name, scene.values)
    except CannotMake:
        maker.sketch.back_to(mark)
    return maker.prepare(scene.entity.name)


def _update(maker: Maker, scene: Scene, actor: Actor) -> Request:
    row = row_of(maker, scene)
    body = change_for(maker, row, actor)
    return build("PATCH", path_of(maker, scene), actor, body, if_match(scene.entity, row))


def change_for(maker: Maker, row: Row, actor: Actor) -> dict[str, Any]:
    """A change that the actor may make, or else one that somebody may; empty if there is none."""
    entity = maker.application.entities[row.entity]
    path = row_path(maker.sketch.model.view, row)
    for one in (actor, *maker.able(row, "update")):
        for slot in row_slots(entity, changing=True):
            if slot.declared is None:
                continue
            for value in maker.values_for(entity.name, slot.declared, row.values.get(slot.name)):
                request = build("PATCH", path, one, {slot.key: value}, if_match(entity, row))
                expected = maker.sketch.decide(request)
                if succeeds(expected) and expected.after.find(*row.key) != row:
                    return {slot.key: value}
    return {}


def _transition(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    """The transition, from where it can be made if the scene's row can be brought there."""
    row = row_of(maker, scene)
    attempt = journeys.transition_attempt(maker, row, route.name, actor)
    if not maker.sketch.decide(attempt.request()).allowed:
        able = next(journeys.transition_actors(maker, row, route.name), None)
        if able is not None:
            sample = journeys.transition_attempt(maker, row, route.name, able)
            attempt = Search(maker).find(sample, 1) or sample
    return build("POST", attempt.target, actor, _content(attempt), dict(attempt.headers))


def _content(attempt: Attempt) -> Any:
    return ... if attempt.empty_body else dict(attempt.body)


def _operation(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    operation = maker.application.operations[route.name]
    given = {"row": scene.row}
    attempt = operating.operation_attempt(maker, operation, actor, given)
    found = Search(maker).find(attempt, 1)
    return (found or attempt).request()


def plan_operation(maker: Maker, route: Route, actor: Actor) -> Request:
    """The use of an operation that is on no row, by anybody. Raises CannotMake."""
    operation = maker.application.operations[route.name]
    mark = maker.sketch.mark()
    if actor.id and any(one.id == actor.id for one in maker.actors(operation.access)):
        try:
            return operating.prepare_operation(maker, operation, actor).request()
        except CannotMake:
            maker.sketch.back_to(mark)
    for able in maker.actors(operation.access):
        mark = maker.sketch.mark()
        try:
            attempt = operating.prepare_operation(maker, operation, able)
        except CannotMake:
            maker.sketch.back_to(mark)
            continue
        headers = dict(attempt.headers)
        return build("POST", attempt.target, actor, _content(attempt), headers)
    raise CannotMake(f"nobody can do {operation.name}")


def report_path(maker: Maker, route: Route) -> str:
    """The path of a report or feed, of the home tenant where there are tenants."""
    tenant = maker.home_id() if "{" in route.path else None
    last = route.path.rpartition("/")[2]
    kind = "reports" if route.kind is Kind.REPORT else "feeds"
    return f"{tenant_prefix(maker.sketch.model.view, tenant)}/{kind}/{last}"


def _file(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    declared = scene.entity.fields[route.name]
    path = f"{path_of(maker, scene)}/{kebab(route.name)}"
    content_type, content = sample_file(declared)
    guard = if_match(scene.entity, row_of(maker, scene))
    upload = {"Content-Type": content_type, **guard}
    if route.method == "PUT":
        return build("PUT", path, actor, content, upload)
    if row_of(maker, scene).values.get(route.name) is None:
        for able in maker.able(row_of(maker, scene), "update"):
            if maker.sketch.send(build("PUT", path, able, content, upload)).status < 400:
                break
    if route.method == "GET":
        return build("GET", path, actor)
    guard = if_match(scene.entity, row_of(maker, scene))
    return build(route.method, path, actor, headers=guard)


def sample_file(declared: Field) -> tuple[str, bytes]:
    """A content type and content that a file field takes."""
    assert declared.type is FieldType.FILE
    kinds = declared.accept or ("text/plain",)
    kind = next((one for one in kinds if one in SAMPLES), kinds[0])
    return kind, SAMPLES.get(kind, b"content\n")


def _links(maker: Maker, scene: Scene, route: Route, actor: Actor) -> Request:
    links = scene.entity.links[route.name]
    path = f"{path_of(maker, scene)}/{kebab(route.name)}"
    row = row_of(maker, scene)
    linked = list(maker.sketch.model.view.children(row, links.name))
    if not linked:
        linked = [_new_link(maker, scene, path, links.to)]
    if route.method == "GET":
        return build("GET", f"{path}?limit=100", actor)
    return build(route.method, f"{path}/{linked[0].id}", actor)


def _new_link(maker: Maker, scene: Scene, path: str, entity: str) -> Row:
    target = maker.application.entities[entity]
    row = row_of(maker, scene)
    other = maker.make(entity, _same_tenant(maker, row, target), scene.creator)
    for able in maker.able(row, "update"):
        if maker.sketch.send(build("PUT", f"{path}/{other.id}", able)).status < 400:
            break
    return other


def _same_tenant(maker: Maker, row: Row, target: Entity) -> dict[str, Any]:
    tenancy = maker.application.tenancy
    if tenancy is None or not target.tenanted or tenancy.relation not in row.values:
        return {}
    return {tenancy.relation: row.values[tenancy.relation]}
