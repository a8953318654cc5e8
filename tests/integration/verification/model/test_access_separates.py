"""Each kind of access check passes on a conforming service and fails on one with its defect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from defective import (
    ANYBODY,
    SIGNED_IN,
    Defect,
    access,
    answering,
    feed,
    field,
    ignoring_key,
    opened,
    operation,
    report,
    transition,
)
from model_server import ModelServer
from separating import assert_separates

from local_engine.generator.blueprint.resolved import Access, RefAccess, RefInput
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.paths import row_path

STORE, BLOG, TRACKER = "05-online-store", "03-blog", "12-project-tracker"
NOTES = """
name: Notes
accounts: {sign_up: open, roles: [editor]}
entities:
  Note:
    owner: author
    fields:
      title: {type: string, search: true, filter: true}
      secret: {type: string, private: true}
      mark: {type: integer, default: 0, editable_by: editor}
      seen: {type: integer, optional: true, visible_to: editor}
      picture: {type: file, accept: [image/png]}
    relations:
      author: {to: User}
      about: {to: Note, optional: true}
      remarks: {many: Remark}
    access:
      list: [owner, editor]
      read: [owner, editor]
      create: authenticated
      update: [owner, editor]
      delete: owner
  Remark:
    part_of: note
    fields: {text: string}
    relations: {note: {to: Note}}
"""


def _tells(server: ModelServer, exchange: Exchange, document: Any) -> Any:
    """A refusal that says more where the row is there."""
    there = any(
        id_ in exchange.request.path
        for table in server.simulation.model.store.tables.values()
        for id_ in table
    )
    return {**document, "detail": "Not yours."} if exchange.status == 404 and there else document


def _any_parent(server: ModelServer, request: Request) -> Request:
    """Finds a part by its own id, whatever it is asked to be a part of."""
    model = server.simulation.model
    id_ = request.path.rpartition("/")[2]
    part = model.store.find("Remark", id_)
    return replace(request, target=row_path(model.view, part)) if part else request


def _leaky(server: ModelServer, exchange: Exchange, document: Any) -> Any:
    """A list that is right, but for a search."""
    if "q=" not in exchange.request.target or "items" not in document:
        return document
    rows = server.simulation.model.store.rows("Note")
    return {**document, "items": [{"id": row.id} for row in rows]}


def _shows_secret(_: ModelServer, exchange: Exchange, document: Any) -> Any:
    if exchange.request.method == "POST" and exchange.status == 201:
        sent = json.loads(exchange.request.body)
        return {**document, **({"secret": sent["secret"]} if "secret" in sent else {})}
    return document


def _read_ref(name: str) -> Defect:
    """An operation that takes any row where it should take the caller's own."""

    def alter(application: Any) -> Any:
        there = application.operations[name]
        inputs = tuple(
            replace(one, access=RefAccess.ANY) if isinstance(one, RefInput) else one
            for one in there.inputs
        )
        return replace(
            application,
            operations={**application.operations, name: replace(there, inputs=inputs)},
        )

    return Defect(alter)


TABLE: list[tuple[str, str, Defect]] = [
    ("access.list.todo.other", "01-todo", opened("Todo", "list", "read")),
    ("access.read.todo.other", "01-todo", access("Todo", "read", SIGNED_IN)),
    ("access.read.todo.owner", "01-todo", access("Todo", "read", Access())),
    ("access.update.post.stranger", BLOG, access("Post", "update", SIGNED_IN)),
    ("access.read.post.anonymous", BLOG, access("Post", "read")),
    ("access.delete.comment.admin", BLOG, access("Comment", "delete", Access())),
    ("access.create.tag.reader", BLOG, access("Tag", "create", SIGNED_IN)),
    ("access.publish.post.admin", BLOG, transition("publish", "Post", access=SIGNED_IN)),
    ("access.put-tags.post.other", BLOG, access("Post", "update", SIGNED_IN)),
    ("access.list-by-post-comments.comment.anonymous", BLOG, access("Comment", "list", SIGNED_IN)),
    ("access.update.card.member:viewer", TRACKER, access("Card", "update", SIGNED_IN)),
    ("access.read.board.other-tenant", TRACKER, access("Board", "read", Access())),
    ("access.operation.deposit.anonymous", "09-wallet", operation("deposit", access=ANYBODY)),
    ("access.report.revenue.customer", "language/bakery", report("revenue", access=SIGNED_IN)),
    (
        "access.feed.items-below-reorder-level.admin",
        "11-warehouse",
        feed("items_below_reorder_level", access=SIGNED_IN),
    ),
    ("access.put-picture.note.stranger", NOTES, opened("Note", "read", "update")),
    ("access.hidden.note", NOTES, answering(_tells)),
    ("access.elsewhere.remark", NOTES, Defect(misread=_any_parent)),
    ("access.reference.note.about", NOTES, access("Note", "read", SIGNED_IN)),
    ("access.reference.withdraw.account", "09-wallet", _read_ref("withdraw")),
    ("access.leak.note", NOTES, answering(_leaky)),
    ("access.body.note.author_id", NOTES, ignoring_key("author_id")),
    ("access.body.order.status", STORE, ignoring_key("status")),
    ("access.body.order.total", STORE, ignoring_key("total")),
    ("access.editable.note.mark", NOTES, field("mark", "Note", editable_by=None)),
    ("access.private.note.secret", NOTES, answering(_shows_secret)),
    ("access.read.note.owner", NOTES, field("seen", "Note", visible_to=None)),
]


@pytest.mark.parametrize(("check", "example", "defect"), TABLE, ids=[row[0] for row in TABLE])
def test_a_check_tells_a_defect_from_none(check: str, example: str, defect: Defect) -> None:
    assert_separates(check, example, defect)


def test_users_are_the_admins() -> None:
    def everybody_is_admin(_: ModelServer, request: Request) -> Request:
        actor = replace(request.actor, account={**request.actor.account, "roles": ["admin"]})
        return replace(request, actor=actor)

    assert_separates("access.users.list.user", "01-todo", Defect(misread=everybody_is_admin))
