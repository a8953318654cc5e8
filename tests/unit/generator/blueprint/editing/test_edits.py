"""Each kind of edit by what it changes in the text, and by what it refuses."""

from __future__ import annotations

import difflib
from typing import Any

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.editing import EditsRefused, apply_edits, edits_of

SHOP = """\
# What we sell.
blueprint: 1
name: Shop
accounts: {roles: [customer, clerk], default_role: customer}
entities:
  Product:
    fields:
      # shown in lists
      title: {type: string, max: 200, search: true}
      stock: {type: integer, min: 0}  # never sold twice
      slug: {type: slug, default: slug(title)}
    relations:
      orders: {many: Order}
    access: {list: public, read: public, create: clerk, update: clerk, delete: clerk}
  Order:
    owner: buyer
    fields:
      amount: {type: integer, min: 1}
      note: {type: text, optional: true}
    relations:
      buyer: {to: User}
      product: {to: Product}
    states:
      initial: open
      transitions:
        ship: {from: open, to: shipped, by: clerk, effects: [{email: shipped, to: buyer.email}]}
        close:
          from: [open, shipped]
          to: closed
          by: [owner, clerk]
          require: {check: product.stock >= amount, message: Too few}
          effects: [{decrease: product.stock, by: amount, else: "only {product.stock} left"}]
    rules:
      # one at a time
      - {unique: [buyer, product], where: "status == 'open'"}
      - {check: amount <= product.stock, message: There is less}
    access:
      list: [owner, clerk]
      read: [owner, clerk]
      create: authenticated
      update: "owner if status == 'open'"
      delete: clerk
reports:
  sold: {of: Order, where: "status == 'closed'", sum: amount, per: product, by: clerk}
emails:
  shipped: {subject: "{product.title} is on its way", text: "{amount} of {product.title}."}
"""


def diff_of(*edits: dict[str, Any]) -> str:
    """The changed lines of the shop, without their indentation."""
    applied = apply_edits(load(SHOP), edits_of(edits))
    lines = difflib.unified_diff(SHOP.splitlines(), applied.document.text.splitlines(), n=0)
    assert apply_edits(applied.document, applied.inverses).document.text == SHOP
    kept = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return "\n".join(line[0] + line[1:].strip() for line in kept)


def problem_of(*edits: dict[str, Any]) -> list[str]:
    """The problems with which edits of the shop are refused."""
    with pytest.raises(EditsRefused) as caught:
        apply_edits(load(SHOP), edits_of(edits))
    return [str(problem) for problem in caught.value.problems if problem.severity == "error"]


CASES: list[tuple[dict[str, Any], str]] = [
    ({"edit": "set_product", "name": "Store", "currency": "USD"},
     "-name: Shop\n+name: Store\n+currency: USD"),
    ({"edit": "set_accounts", "sign_up": "invite", "default_role": ""},
     ("-accounts: {roles: [customer, clerk], default_role: customer}\n"
     "+accounts: {sign_up: invite, roles: [customer, clerk]}")),
    ({"edit": "rename_role", "role": "customer", "to": "buyer_role"},
     ("-accounts: {roles: [customer, clerk], default_role: customer}\n"
     "+accounts: {roles: [buyer_role, clerk], default_role: buyer_role,"
     " was: {buyer_role: customer}}")),
    ({"edit": "add_field", "entity": "Order", "field": "due_on", "definition": "date",
      "after": "amount"}, "+due_on: date"),
    ({"edit": "add_field", "entity": "Order", "field": "rebate",
      "definition": {"type": "decimal", "places": 2, "max": 99.5}},
     "+rebate: {type: decimal, places: 2, max: 99.5}"),
    ({"edit": "remove_field", "entity": "Order", "field": "note"},
     "-note: {type: text, optional: true}"),
    ({"edit": "change_field", "entity": "Order", "field": "note", "set": {"optional": None}},
     "-note: {type: text, optional: true}\n+note: text"),
    ({"edit": "change_field", "entity": "Order", "field": "note", "set": {"type": "string"}},
     "-note: {type: text, optional: true}\n+note: {type: string, optional: true}"),
    ({"edit": "change_entity", "entity": "Order", "set": {"guarded": True, "sort": ["-amount"]}},
     "+guarded: true\n+sort: -amount"),
    ({"edit": "add_relation", "entity": "Order", "relation": "gift_for",
      "definition": {"to": "User", "optional": True}}, "+gift_for: {to: User, optional: true}"),
    ({"edit": "change_relation", "entity": "Order", "relation": "product",
      "set": {"on_delete": "cascade"}},
     "-product: {to: Product}\n+product: {to: Product, on_delete: cascade}"),
    ({"edit": "set_access", "entity": "Order", "action": "delete", "actors": "admin"},
     "-delete: clerk\n+delete: admin"),
    ({"edit": "add_rule", "entity": "Order", "rule": {"at_most": 5, "per": "buyer"}},
     "+- {at_most: 5, per: buyer}"),
    ({"edit": "remove_rule", "entity": "Order", "rule": "unique"},
     "-# one at a time\n-- {unique: [buyer, product], where: \"status == 'open'\"}"),
    ({"edit": "change_rule", "entity": "Order", "rule": "check",
      "definition": {"check": "amount < 10"}},
     "-- {check: amount <= product.stock, message: There is less}\n+- {check: amount < 10}"),
    ({"edit": "rename_transition", "entity": "Order", "transition": "ship", "to": "send"},
     ("-ship: {from: open, to: shipped, by: clerk, effects: [{email: shipped, to: buyer.email}]}\n"
     "+send: {from: open, to: shipped, by: clerk, effects: [{email: shipped, to: buyer.email}]}")),
    ({"edit": "add_transition", "entity": "Order", "transition": "archive", "after": "close",
      "definition": {"from": "closed", "to": "archived", "by": "admin"}},
     "+archive: {from: closed, to: archived, by: admin}"),
    ({"edit": "remove_report", "name": "sold"},
     ("-reports:\n"
     "-sold: {of: Order, where: \"status == 'closed'\", sum: amount, per: product, by: clerk}")),
    ({"edit": "add_feed", "name": "cheap", "definition": {"of": "Product", "by": "public"}},
     "+feeds:\n+cheap: {of: Product, by: public}"),
    ({"edit": "rename_email", "name": "shipped", "to": "sent"},
     ("-ship: {from: open, to: shipped, by: clerk, effects: [{email: shipped, to: buyer.email}]}\n"
     "+ship: {from: open, to: shipped, by: clerk, effects: [{email: sent, to: buyer.email}]}\n"
     '-shipped: {subject: "{product.title} is on its way", text: "{amount} of {product.title}."}\n'
     '+sent: {subject: "{product.title} is on its way", text: "{amount} of {product.title}."}')),
    ({"edit": "set_field_access", "entity": "Order", "field": "note", "visible_to": "owner"},
     ("-note: {type: text, optional: true}\n"
     "+note: {type: text, optional: true, visible_to: owner}")),
    ({"edit": "add_entity", "entity": "Tag", "after": "Product",
      "definition": {"fields": {"name": "string"}, "access": {"list": "public", "read": "public"}}},
     "+Tag:\n+fields:\n+name: string\n+access: {list: public, read: public}"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "lines"), CASES)
def test_an_edit_changes_these_lines_and_no_others(edit: dict[str, Any], lines: str) -> None:
    assert diff_of(edit) == lines


def test_a_rename_reaches_expressions_effects_messages_and_templates() -> None:
    rename = {"edit": "rename_field", "entity": "Product", "field": "stock", "to": "left"}
    assert diff_of(rename) == (
        "-stock: {type: integer, min: 0}  # never sold twice\n"
        "+left: {type: integer, min: 0, was: stock}  # never sold twice\n"
        "-require: {check: product.stock >= amount, message: Too few}\n"
        '-effects: [{decrease: product.stock, by: amount, else: "only {product.stock} left"}]\n'
        "+require: {check: product.left >= amount, message: Too few}\n"
        '+effects: [{decrease: product.left, by: amount, else: "only {product.left} left"}]\n'
        "-- {check: amount <= product.stock, message: There is less}\n"
        "+- {check: amount <= product.left, message: There is less}"
    )


def test_a_state_is_renamed_where_it_is_compared_and_nowhere_else() -> None:
    lines = diff_of({"edit": "rename_state", "entity": "Order", "state": "shipped", "to": "sent"})
    assert "+ship: {from: open, to: sent, by: clerk, effects: [{email: shipped" in lines
    assert "+from: [open, sent]" in lines
    assert "+was: {sent: shipped}" in lines
    assert "shipped: {subject" not in lines


def test_was_of_states_and_roles_tells_what_the_code_knows() -> None:
    rename = {"edit": "rename_state", "entity": "Order"}
    there = {**rename, "state": "shipped", "to": "sent"}
    assert "was: {gone: shipped}" in diff_of(there, {**rename, "state": "sent", "to": "gone"})
    assert diff_of(there, {**rename, "state": "sent", "to": "shipped"}) == ""
    assert "was" not in diff_of(there, {"edit": "remove_state", "entity": "Order", "state": "sent"})
    moved = {"edit": "rename_entity", "entity": "Order", "to": "Deal"}
    assert "was: {sent: shipped}" in diff_of(moved, {**there, "entity": "Deal"})
    role = {"edit": "rename_role", "role": "clerk", "to": "seller"}
    assert "was: {boss: clerk}" in diff_of(role, {**role, "role": "seller", "to": "boss"})
    assert diff_of(role, {**role, "role": "seller", "to": "clerk"}) == ""


def test_was_tells_what_the_code_knows_and_not_steps_on_the_way() -> None:
    rename = {"edit": "rename_field", "entity": "Product"}
    there = {**rename, "field": "stock", "to": "left"}
    on = {**rename, "field": "left", "to": "remaining"}
    assert "remaining: {type: integer, min: 0, was: stock}" in diff_of(there, on)
    assert diff_of(there, {**rename, "field": "left", "to": "stock"}) == ""
    first = apply_edits(load(SHOP), edits_of([there])).document
    second = apply_edits(first, edits_of([on]), base=first.blueprint).document
    assert "remaining: {type: integer, min: 0, was: left}" in second.text
    third = apply_edits(first, edits_of([on]), base=load(SHOP).blueprint).document
    assert "remaining: {type: integer, min: 0, was: stock}" in third.text
    new = {"edit": "add_field", "entity": "Order", "field": "mark", "definition": "string"}
    fresh = {"edit": "rename_field", "entity": "Order", "field": "mark", "to": "sign"}
    assert diff_of(new, fresh) == "+sign: string"


def test_comments_stay_with_what_they_are_at() -> None:
    edits = [
        {"edit": "rename_entity", "entity": "Product", "to": "Article"},
        {"edit": "rename_field", "entity": "Article", "field": "title", "to": "heading"},
        {"edit": "add_rule", "entity": "Order", "rule": {"at_most": 5, "per": "buyer"}},
    ]
    text = apply_edits(load(SHOP), edits_of(edits)).document.text
    assert text.startswith("# What we sell.\n")
    assert "      # shown in lists\n      heading: " in text
    assert "      # one at a time\n      - {unique: [buyer, product]" in text
    removed = {"edit": "remove_field", "entity": "Product", "field": "title"}
    slug = {"edit": "change_field", "entity": "Product", "field": "slug", "set": {"default": None}}
    email = {"edit": "change_email", "name": "shipped", "definition": {"subject": "A", "text": "B"}}
    text = apply_edits(load(SHOP), edits_of([slug, email, removed])).document.text
    assert "shown in lists" not in text
    assert "# never sold twice" in text


def test_nothing_happens_unless_all_of_it_can() -> None:
    assert problem_of(
        {"edit": "remove_field", "entity": "Ordr", "field": "note"},
        {"edit": "add_field", "entity": "Order", "field": "note", "definition": "string"},
        {"edit": "set_access", "entity": "Order", "action": "read", "actors": "public"},
        {"edit": "rename_transition", "entity": "Order", "transition": "shp", "to": "send"},
    ) == [
        "edits[0].entity: There is no entity `Ordr`. Did you mean `Order`?",
        "edits[1].field: There is a field `note` already: choose another name.",
        "edits[3].transition: There is no transition `shp`. Did you mean `ship`?",
    ]


def test_a_result_that_is_no_blueprint_is_refused_with_its_lines() -> None:
    problems = problem_of({"edit": "remove_field", "entity": "Product", "field": "stock"})
    assert [problem.split(":")[0] for problem in problems] == ["line 30", "line 31", "line 35"]
    assert "Product has no field or relation `stock` that could be set." in problems[1]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"edit": "rename_entity", "entity": "User", "to": "Person"}, "keeps its name"),
        ({"edit": "remove_state", "entity": "Order", "state": "open"}, "another initial state"),
        ({"edit": "add_states", "entity": "Order", "states": {"initial": "a"}}, "states already"),
        ({"edit": "change_field", "entity": "Order", "field": "note", "set": {}}, "which options"),
        ({"edit": "change_field", "entity": "Order", "field": "note", "set": {"optional": 3}},
         "boolean"),
        ({"edit": "rename_role", "role": "clerk", "to": "customer"}, "already"),
        ({"edit": "remove_role", "role": "clerk"}, "still named in"),
        ({"edit": "remove_entity", "entity": "Product"}, "no entity `Product`"),
        ({"edit": "restore_lines", "hunks": [{"line": 1, "remove": ["x"], "insert": []}]},
         "has changed since at line 1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_reason(edit: dict[str, Any], message: str) -> None:
    assert any(message in problem for problem in problem_of(edit)), problem_of(edit)


def test_the_owner_is_not_taken_for_a_new_relation_called_owner() -> None:
    [problem] = problem_of(
        {"edit": "rename_relation", "entity": "Order", "relation": "product", "to": "owner"}
    )
    assert "`owner` would mean something else" in problem
    assert diff_of(
        {"edit": "rename_relation", "entity": "Order", "relation": "buyer", "to": "owner"}
    ).startswith("-owner: buyer\n+owner: owner\n")
