"""What hangs on a row: files (docs/blueprint.md, §4) and linked rows (§5)."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Field
from local_engine.verification.model.handling import Handling
from local_engine.verification.model.lists import page
from local_engine.verification.model.outcome import Done, Refused
from local_engine.verification.model.places import locate
from local_engine.verification.model.references import in_tenant
from local_engine.verification.model.rules import check_editable
from local_engine.verification.model.store import Row
from local_engine.verification.model.writes import follow_change

_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "application/pdf": b"%PDF-",
}


def handle_file(handling: Handling) -> Done:
    """`GET`, `PUT` and `DELETE /cakes/{id}/picture`."""
    method = handling.incoming.request.method
    action = "read" if method == "GET" else "update"
    handling.need_account(handling.effective(action))
    row = handling.row()
    handling.judge.need(action, row)
    field = handling.entity.fields[handling.match.route.name]
    if not handling.judge.sees(field.visible_to, row):
        raise Refused(403, 404, why="the file is not for this actor")
    if method == "GET":
        return _get_file(handling, row, field)
    if not handling.judge.sees(field.editable_by, row):
        raise Refused(403, 422, why="the file is not for this actor to change")
    if method == "PUT":
        return _put_file(handling, row, field)
    handling.check_etag(row)
    check_editable(handling.transaction, row)
    handling.transaction.store.files.pop((row.id, field.name), None)
    changed = handling.transaction.change(row, **{field.name: None})
    if changed is not row:
        follow_change(handling.transaction, changed, row)
    handling.transaction.finish()
    return Done(204)


def _get_file(handling: Handling, row: Row, field: Field) -> Done:
    found = handling.transaction.store.files.get((row.id, field.name))
    if found is None:
        raise Refused(404, why="there is no file")
    content_type, content = found
    return Done(200, content, headers={"Content-Type": content_type})


def _put_file(handling: Handling, row: Row, field: Field) -> Done:
    request = handling.incoming.request
    content_type = request.header("content-type").partition(";")[0].strip().lower()
    if field.accept and content_type not in field.accept:
        raise Refused(415, why=f"{content_type} is not accepted")
    if field.max_size is not None and len(request.body) > field.max_size:
        raise Refused(413, why="the file is too large")
    signature = _SIGNATURES.get(content_type)
    if signature and not request.body.startswith(signature):
        raise Refused(415, why=f"that is no {content_type}")
    handling.check_etag(row)
    check_editable(handling.transaction, row)
    handling.transaction.store.files[row.id, field.name] = (content_type, request.body)
    value = {"content_type": content_type, "size": len(request.body)}
    handling.transaction.renew(row, **{field.name: value})
    # The same kind and size do not make it the same file.
    follow_change(
        handling.transaction, handling.transaction.current(row), row.having(**{field.name: None})
    )
    handling.transaction.finish()
    etag = handling.transaction.current(row).etag
    return Done(204, row=row.key, headers={"ETag": etag or ""})


def handle_links(handling: Handling) -> Done:
    """`GET /posts/{id}/tags`, `PUT` and `DELETE /posts/{id}/tags/{tag_id}`."""
    method = handling.incoming.request.method
    action = "read" if method == "GET" else "update"
    handling.need_account(handling.effective(action))
    if method == "GET":
        source = handling.row()
        handling.judge.need("read", source)
        return _linked(handling, source)
    place = locate(handling.transaction, handling.match, own=True)
    other = place.row
    assert place.parent is not None
    assert other is not None
    row: Row = place.parent
    handling.judge.need("update", row)
    if not handling.judge.readable(other):
        raise Refused(404, why=f"this {other.entity} does not exist for the actor")
    check_editable(handling.transaction, row)
    _link(handling, row, other, linked=method == "PUT")
    return Done(204)


def _linked(handling: Handling, row: Row) -> Done:
    transaction, judge = handling.transaction, handling.judge
    links = handling.entity.links[handling.match.route.name]
    rows = [
        other
        for other in transaction.view.children(row, links.name)
        if judge.readable(other) and in_tenant(transaction.view, other, transaction.tenant)
    ]
    target = transaction.application.entities[links.to]
    return Done(200, page(judge, target, rows, handling.incoming.parameters))


def _link(handling: Handling, row: Row, other: Row, *, linked: bool) -> None:
    key = (row.entity, handling.match.route.name)
    pairs = handling.transaction.store.links.get(key, frozenset())
    pair = frozenset({(row.id, other.id)})
    handling.transaction.store.link(key, pairs | pair if linked else pairs - pair)
