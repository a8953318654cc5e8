"""Each kind of model check passes on a conforming service and fails on one with its defect."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from defective import (
    Defect,
    answering,
    entity,
    feed,
    field,
    ignoring_header,
    ignoring_query,
    operation,
    relation,
    report,
    transition,
    without_rule,
)
from model_server import ModelServer
from separating import assert_separates

from local_engine.generator.blueprint.resolved import OnDelete
from local_engine.verification.http import Exchange, Request, Response

STORE, HOTEL, FORUM, UNIVERSITY = (
    "05-online-store",
    "10-hotel-bookings",
    "08-forum",
    "06-university",
)
CLINICS, BAKERY, WALLET = "language/clinics", "language/bakery", "09-wallet"
SHELF = """
name: Shelf
accounts: {sign_up: open, roles: [keeper]}
entities:
  Book:
    guarded: true
    fields:
      title: string
      pages: {type: integer, min: 1, max: 2000, default: 100}
      code: {type: string, unique: true, immutable: true}
      left: {type: integer, min: 0, max: 9, default: 5}
    relations:
      labels: {links: Label}
    access: {list: public, read: public, create: keeper, update: keeper, delete: keeper}
  Label:
    fields: {name: string}
    access: {list: public, read: public, create: keeper, update: keeper, delete: keeper}
operations:
  take:
    by: authenticated
    input: {book: {ref: Book}, count: {type: integer, min: 1}}
    effects: [{decrease: book.left, by: input.count, else: too few}]
    returns: book
"""


def _forgets(key: str, value: Any) -> Defect:
    """Answers with another value than was stored."""
    return answering(
        lambda _, __, document: {**document, key: value} if key in document else document
    )


def _never_linked(_: ModelServer, request: Request) -> Request:
    return replace(request, method="GET") if request.method == "PUT" else request


def _same_etag(_: ModelServer, exchange: Exchange) -> Response:
    kept = [(name, '"1"' if name == "etag" else value) for name, value in exchange.response.headers]
    return replace(exchange.response, headers=tuple(kept))


def _resets_title(_: ModelServer, request: Request) -> Request:
    """A change of something else that takes the title along."""
    if request.method != "PATCH" or b"title" in request.body:
        return request
    body = {**json.loads(request.body), "title": "lost"}
    return replace(request, body=json.dumps(body).encode())


TABLE: list[tuple[str, str, Defect]] = [
    ("model.create.book", SHELF, field("pages", "Book", default=None, optional=True)),
    ("model.update.book", SHELF, Defect(misread=_resets_title)),
    ("model.immutable.book.code", SHELF, field("code", "Book", immutable=False)),
    ("model.rule.book.code.unique", SHELF, field("code", "Book", unique=False)),
    ("model.rule.book.left.min", SHELF, field("left", "Book", minimum=None)),
    ("model.links.book.labels", SHELF, Defect(misread=_never_linked)),
    ("model.etag.book", SHELF, ignoring_header("if-match")),
    ("model.etag.label", SHELF, Defect(spoil=_same_etag)),
    ("model.idempotency.book", SHELF, ignoring_header("idempotency-key")),
    ("model.idempotency.take", SHELF, ignoring_header("idempotency-key")),
    ("model.operation.take", SHELF, operation("take", effects=())),
    ("model.upsert.vote", FORUM, entity("Vote", upsert=())),
    ("model.derived.post.score", FORUM, _forgets("score", 0)),
    ("model.same.comment.parent", FORUM, relation("parent", "Comment", same=None)),
    ("model.rule.vote.check", FORUM, without_rule("Vote", "vote.check")),
    ("model.copied.order_line.unit_price", STORE, _forgets("unit_price", "9.99")),
    ("model.rule.order_line.unique", STORE, without_rule("OrderLine", "order_line.unique")),
    ("model.rule.order.editable_while", STORE, without_rule("Order", "order.editable_while")),
    ("model.rule.product.stock.min", STORE, field("stock", "Product", minimum=None)),
    ("model.require.order.place.require", STORE, transition("place", "Order", requirements=())),
    ("model.transition.order.place", STORE, transition("place", "Order", effects=())),
    ("model.transition.order.cancel", STORE, transition("cancel", "Order", effects=())),
    ("model.transition.order.ship", STORE, transition("ship", "Order", target="cancelled")),
    (
        "model.state.order.shipped",
        STORE,
        transition("cancel", "Order", sources=("placed", "shipped")),
    ),
    (
        "model.on_delete.order_line.product",
        STORE,
        relation("product", "OrderLine", on_delete=OnDelete.CASCADE),
    ),
    (
        "model.on_delete.product.category",
        STORE,
        relation("category", "Product", on_delete=OnDelete.CASCADE),
    ),
    (
        "model.on_delete.comment.post",
        FORUM,
        relation("post", "Comment", on_delete=OnDelete.RESTRICT),
    ),
    (
        "model.rule.enrollment.at_most",
        UNIVERSITY,
        without_rule("Enrollment", "enrollment.at_most"),
    ),
    (
        "model.rule.reservation.no_overlap",
        HOTEL,
        without_rule("Reservation", "reservation.no_overlap"),
    ),
    ("model.rule.appointment.at_most", CLINICS, without_rule("Appointment", "appointment.at_most")),
    ("model.where.appointment.dentist", CLINICS, relation("dentist", "Appointment", where=None)),
    (
        "model.rule.account.balance.never_below",
        WALLET,
        field("balance", "Account", never_below=None),
    ),
    ("model.require.transfer.require", WALLET, operation("transfer", requirements=())),
    ("model.operation.transfer", WALLET, _forgets("amount", "0.00")),
    ("model.report.revenue", BAKERY, report("revenue", where=None)),
    ("model.report.revenue", BAKERY, ignoring_query("from", "to")),
    (
        "model.feed.items_below_reorder_level",
        "11-warehouse",
        feed("items_below_reorder_level", where=None),
    ),
]


@pytest.mark.parametrize(
    ("check", "example", "defect"), TABLE, ids=[f"{row[0]}-{n}" for n, row in enumerate(TABLE)]
)
def test_a_check_tells_a_defect_from_none(check: str, example: str, defect: Defect) -> None:
    assert_separates(check, example, defect)
