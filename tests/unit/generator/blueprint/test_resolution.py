"""What a Blueprint means once it is resolved: defaults, ids, access, scopes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sample_blueprints.shop import SHOP

from local_engine.generator.blueprint import Application, Blueprint, BlueprintErrors, load, resolve
from local_engine.generator.blueprint.resolved import (
    Adjust,
    AtMost,
    Authenticated,
    Check,
    Each,
    EditableWhile,
    Entity,
    ExpressionDefault,
    FieldType,
    HasRole,
    LiteralDefault,
    Member,
    NoOverlap,
    OnDelete,
    SlugDefault,
    UserAt,
)

LANGUAGE = Path("docs/examples/language")


def _application(name: str) -> Application:
    return load((LANGUAGE / f"{name}.yaml").read_text()).application


@pytest.fixture(scope="module", name="shop")
def _shop() -> Application:
    return load(SHOP).application


def _small(entities: str) -> Application:
    return load(f"name: Small\naccounts: {{roles: [boss]}}\nentities:\n{entities}").application


def test_defaults_of_fields_are_filled_in(shop: Application) -> None:
    fields = shop.entities["Product"].fields
    assert (fields["title"].minimum, fields["title"].maximum) == (1, 80)
    assert shop.entities["Tag"].fields["name"].maximum == 255
    assert shop.entities["Review"].fields["text"].maximum == 20_000
    assert fields["price"].minimum == Decimal("0.01")
    assert fields["price"].places == 2
    assert fields["weight"].places == 3
    assert shop.entities["Room"].fields["seats"].maximum == 2**53 - 1
    assert fields["lasts"].maximum == timedelta(hours=36)
    assert fields["rank"].default == LiteralDefault(1)
    assert fields["path"].default == SlugDefault("title")
    assert isinstance(fields["sold_on"].default, ExpressionDefault)
    assert fields["rating"].optional
    assert fields["rating"].places == 4
    assert fields["labels"].item_type is FieldType.STRING
    assert shop.entities["Club"].fields["picture"].max_size == 2 * 1024 * 1024


def test_names_of_tables_and_routes(shop: Application) -> None:
    line = shop.entities["OrderLine"]
    assert (line.table, line.segment) == ("order_lines", "order-lines")
    assert next(iter(shop.entities)) == "User"
    assert shop.slug == "shop"
    assert shop.accounts.roles == ("customer", "clerk", "admin")


def test_relations_that_decide_access_are_immutable(shop: Application) -> None:
    entities = shop.entities
    fixed = {
        f"{entity.name}.{relation.name}"
        for entity in entities.values()
        for relation in entity.to_one.values()
        if relation.immutable
    }
    assert fixed == {
        "Club.founder",
        "Membership.club",
        "Membership.user",
        "Review.author",
        "Order.buyer",
        "OrderLine.order",
        "OrderLine.product",
        "Booking.guest",
    }
    assert entities["OrderLine"].to_one["order"].on_delete is OnDelete.CASCADE
    assert entities["Booking"].to_one["room"].on_delete is OnDelete.RESTRICT


def test_rules_have_ids_and_statuses(shop: Application) -> None:
    booking = shop.entities["Booking"].rules
    assert [rule.id for rule in booking] == [
        "booking.check",
        "booking.no_overlap",
        "booking.at_most",
    ]
    assert isinstance(booking[0], Check)
    assert booking[0].status == 422
    assert isinstance(booking[1], NoOverlap)
    assert (booking[1].start, booking[1].end, booking[1].per) == (
        "starts_at",
        "ends_at",
        ("room",),
    )
    assert isinstance(booking[2], AtMost)
    assert not isinstance(booking[2].limit, int)
    assert booking[2].limit.text == "room.seats"


@pytest.mark.parametrize(
    ("check", "status"),
    [
        ("a > 1", 422),
        ("on_day <= today()", 422),
        ("parent is not None and other is not None and parent != other", 422),
        ("parent is None or parent.a > 1", 409),
        ("total > 1", 409),
        ("status == 'open'", 409),
        ("count(children) < 3", 409),
        ("twice > 3", 422),
    ],
)
def test_the_status_of_a_check(check: str, status: int) -> None:
    application = _small(
        f"""
  Thing:
    fields:
      a: integer
      on_day: date
      twice: {{type: integer, computed: 2 * a}}
      total: {{type: integer, derived: sum(children.a)}}
    relations:
      parent: {{to: Thing, optional: true}}
      other: {{to: Thing, optional: true}}
      children: {{many: Thing, by: parent}}
    states:
      initial: open
      transitions: {{close: {{from: open, to: closed, by: boss}}}}
    rules:
      - {{check: "{check}"}}
    access: {{list: boss, read: boss, create: boss, update: boss, delete: boss}}
"""
    )
    (rule,) = application.entities["Thing"].rules
    assert isinstance(rule, Check)
    assert rule.status == status


def test_requirements_on_input_alone_are_422() -> None:
    requirements = _application("bank").operations["transfer"].requirements
    assert [found.id for found in requirements] == ["transfer.require", "transfer.require_2"]
    assert [found.status for found in requirements] == [409, 422]


def test_a_part_takes_access_and_editable_while_from_its_parent() -> None:
    line = _application("bakery").entities["OrderLine"]
    assert line.reads_through_parent
    assert line.writes_through_parent
    assert line.owner_path == ("order", "customer")
    read = [clause.actor for clause in line.access["read"].clauses]
    assert read == [UserAt(("order", "customer"), "owner"), HasRole("baker")]
    assert [clause.actor for clause in line.access["create"].clauses] == [
        UserAt(("order", "customer"), "owner")
    ]
    (rule,) = line.inherited_rules
    assert isinstance(rule, EditableWhile)
    assert rule.id == "order.editable_while"
    assert rule.expression.text == "order.status == 'cart'"


def test_a_part_that_says_its_own_writes_still_reads_through_its_parent() -> None:
    entry = _application("bank").entities["Entry"]
    assert entry.reads_through_parent
    assert not entry.writes_through_parent
    assert entry.actions == ("list", "read")
    assert entry.default_sort == ("created_at",)


def test_owner_in_create_means_whoever_is_signed_in() -> None:
    application = _small(
        """
  Note:
    owner: author
    fields: {title: string}
    relations: {author: {to: User}, lines: {many: Line}}
    access: {list: owner, read: owner, create: owner, update: owner, delete: owner}
  Line:
    part_of: note
    fields: {text: string}
    relations: {note: {to: Note}}
    access: {list: owner, read: owner, create: owner, update: owner, delete: owner}
"""
    )
    note, line = application.entities["Note"], application.entities["Line"]
    assert [clause.actor for clause in note.access["create"].clauses] == [Authenticated()]
    assert [clause.actor for clause in line.access["create"].clauses] == [
        UserAt(("note", "author"), "owner")
    ]


def test_members_of_a_place() -> None:
    application = _application("community")
    members = application.entities["Community"].members
    assert members is not None
    assert (members.through, members.place_relation, members.user_relation) == (
        "Membership",
        "community",
        "user",
    )
    assert members.roles == ("reader", "moderator")
    assert members.join_open
    comment = application.entities["Comment"]
    assert comment.place_path == ("post", "community")
    assert [clause.actor for clause in comment.access["create"].clauses] == [
        Member(("post", "community"), "Community", None)
    ]


def test_tenancy() -> None:
    application = _application("clinics")
    assert application.tenancy is not None
    assert application.tenancy.relation == "clinic"
    patient = application.entities["Patient"]
    assert patient.tenanted
    assert next(iter(patient.to_one)) == "clinic"
    assert patient.to_one["clinic"].implicit
    assert patient.to_one["clinic"].on_delete is OnDelete.CASCADE
    assert not application.entities["Clinic"].tenanted
    members = application.entities["Clinic"].members
    assert members is not None
    assert members.creator_role == "manager"
    assert members.place_relation == "clinic"
    assert [clause.actor for clause in patient.access["create"].clauses] == [
        Member(("clinic",), "Clinic", "receptionist")
    ]
    assert [clause.actor for clause in application.entities["Clinic"].access["update"].clauses] == [
        Member((), "Clinic", "manager")
    ]


def test_effects_are_resolved_with_their_rows() -> None:
    transition = _application("bakery").entities["Order"].states
    assert transition is not None
    (each,) = transition.transitions["place"].effects
    assert isinstance(each, Each)
    assert (each.source, each.entity, each.binding) == (("lines",), "OrderLine", "line")
    (adjust,) = each.effects
    assert isinstance(adjust, Adjust)
    assert (adjust.target, adjust.entity, adjust.field, adjust.decrease) == (
        ("line", "cake"),
        "Cake",
        "stock",
        True,
    )
    deposit = _application("bank").operations["deposit"]
    assert (deposit.returns, deposit.returns_entity, deposit.returns_created) == (
        "e",
        "Entry",
        True,
    )


def test_what_a_condition_has_found_out_is_known_afterwards() -> None:
    application = load(Path("docs/examples/12-project-tracker/blueprint.yaml").read_text())
    (event,) = application.application.entities["Card"].effects
    assert event.on == "assignee"
    assert event.condition is not None


def test_a_model_made_in_code_resolves_without_a_text() -> None:
    blueprint = Blueprint.model_validate(
        {"name": "X", "entities": {"Thing": {"owner": "nobody_there", "fields": {"a": "integer"}}}}
    )
    with pytest.raises(BlueprintErrors) as caught:
        resolve(blueprint)
    problem = caught.value.problems[-1]
    assert problem.line is None
    assert "nobody_there" in str(caught.value)
    blueprint.entities["Thing"].owner = None
    assert isinstance(resolve(blueprint).entities["Thing"], Entity)


def test_resolution_is_deterministic() -> None:
    assert repr(load(SHOP).application) == repr(load(SHOP).application)
