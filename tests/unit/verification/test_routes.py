"""The promised routes, against what docs/blueprint.md says for each construct."""

from dataclasses import replace
from typing import Any

import pytest
from notes_service.application import APPLICATION, NOBODY, NOTE, OWNER, PUBLIC, SIGNED_IN

from local_engine.generator.blueprint.resolved import (
    Accounts,
    Application,
    Entity,
    Feed,
    Field,
    FieldType,
    Links,
    Operation,
    Report,
    Tenancy,
    ToMany,
    ToOne,
)
from local_engine.verification.routes import nameless, promised_routes, snake

ACCOUNTS = [
    "POST /auth/register",
    "POST /auth/login",
    "POST /auth/refresh",
    "POST /auth/logout",
    "GET /users/me",
    "PATCH /users/me",
    "PUT /users/me/password",
    "GET /users",
    "GET /users/{id}",
    "PUT /users/{id}/roles",
]
CRUD = dict.fromkeys(("list", "read", "create", "update", "delete"), SIGNED_IN)
NAME = {"name": Field("name", FieldType.STRING)}
PLAIN = Entity("Thing", "things", "things", NAME, {}, {}, {}, CRUD)


def routes(*entities: Entity, **changes: Any) -> list[str]:
    """Promised routes but those of accounts."""
    known = {"User": APPLICATION.entities["User"], **{entity.name: entity for entity in entities}}
    application = replace(APPLICATION, entities=known, **changes)
    return [text for text in written(application) if text not in ACCOUNTS]


def written(application: Application) -> list[str]:
    return [str(route) for route in promised_routes(application)]


def test_an_entity_with_states() -> None:
    assert routes(NOTE) == [
        "GET /notes",
        "POST /notes",
        "GET /notes/{id}",
        "PATCH /notes/{id}",
        "DELETE /notes/{id}",
        "POST /notes/{id}/file",
    ]


def test_only_actions_that_somebody_may_perform_exist() -> None:
    access = {**CRUD, "update": NOBODY, "delete": NOBODY, "list": NOBODY}

    assert routes(replace(PLAIN, access=access)) == ["POST /things", "GET /things/{id}"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": replace(NAME["name"], immutable=True)},
        {"name": replace(NAME["name"], editable_by=NOBODY)},
        {"name": replace(NAME["name"], copied_from=("owner", "name"))},
        {"cover": Field("cover", FieldType.FILE, optional=True)},
    ],
)
def test_there_is_no_change_where_nothing_can_be_changed(fields: dict[str, Field]) -> None:
    owner = {"owner": ToOne("owner", "User")}
    entity = replace(PLAIN, fields=fields, to_one=owner, owner="owner")

    found = routes(entity)

    assert "PATCH /things/{id}" not in found
    assert "DELETE /things/{id}" in found
    assert ("PUT /things/{id}/cover" in found) == ("cover" in fields)


@pytest.mark.parametrize(
    ("sign_up", "extra"),
    [
        ("open", ["POST /auth/register"]),
        ("closed", []),
        ("invite", ["POST /auth/register", "POST /auth/invitations"]),
    ],
)
def test_accounts(sign_up: str, extra: list[str]) -> None:
    application = replace(
        APPLICATION, accounts=Accounts(sign_up, ("admin",), None, {}), entities={}
    )

    assert [text for text in written(replace(application, entities=APPLICATION.entities))
            if "/auth/" in text or "/users" in text] == [*extra, *ACCOUNTS[1:]]  # fmt: skip


def test_parts_nest_with_their_own_actions() -> None:
    order = replace(PLAIN, name="BigOrder", segment="big-orders")
    line = replace(
        PLAIN, name="Line", segment="order-lines", part_of="big_order",
        to_one={"big_order": ToOne("big_order", "BigOrder")},
    )  # fmt: skip
    note = replace(
        PLAIN, name="Mark", segment="marks", part_of="line", to_one={"line": ToOne("line", "Line")}
    )
    base = "/big-orders/{big_order_id}/order-lines"

    found = routes(order, line, note)

    assert f"POST {base}" in found
    assert f"PATCH {base}/{{id}}" in found
    assert f"DELETE {base}/{{line_id}}/marks/{{id}}" in found
    assert not any(text.endswith(" /order-lines") for text in found)


def test_a_part_has_the_name_that_its_parent_gives_it() -> None:
    order = replace(PLAIN, name="Order", segment="orders",
                    to_many={"first_lines": ToMany("first_lines", "Line", "order")})  # fmt: skip
    line = replace(
        PLAIN,
        name="Line",
        segment="lines",
        part_of="order",
        to_one={"order": ToOne("order", "Order")},
    )

    assert "PATCH /orders/{order_id}/first-lines/{id}" in routes(order, line)


def test_nested_lists_of_children_that_are_no_parts() -> None:
    many = {"votes": ToMany("votes", "Vote", "thing")}
    vote = replace(PLAIN, name="Vote", segment="votes", to_one={"thing": ToOne("thing", "Thing")})
    parent = replace(PLAIN, to_many=many)
    path = "GET /things/{thing_id}/votes"

    assert path in routes(parent, vote)
    assert path not in routes(parent, replace(vote, access={**CRUD, "list": NOBODY}))
    assert path in routes(parent, replace(vote, part_of="thing"))
    assert routes(parent, replace(vote, part_of="thing")).count(path) == 1


def test_files_and_links() -> None:
    picture = Field("front_page", FieldType.FILE, optional=True)
    entity = replace(PLAIN, fields={"front_page": picture}, links={"tags": Links("tags", "Tag")})
    tag = replace(PLAIN, name="Tag", segment="tags")

    found = routes(entity, tag)

    for text in (
        "GET /things/{id}/front-page",
        "PUT /things/{id}/front-page",
        "DELETE /things/{id}/front-page",
        "GET /things/{id}/tags",
        "PUT /things/{id}/tags/{tag_id}",
        "DELETE /things/{id}/tags/{tag_id}",
    ):
        assert text in found
    unchangeable = replace(entity, access={**CRUD, "update": NOBODY})
    assert "PUT /things/{id}/front-page" not in routes(unchangeable, tag)
    assert "GET /things/{id}/tags" in routes(unchangeable, tag)


def operation(on: str | None, *, tenanted: bool = False) -> Operation:
    return Operation(
        "pay_in", "pay-in", on, OWNER, (), (), (), None, None, False, False, False, tenanted
    )


def test_operations_reports_and_feeds() -> None:
    report = Report("monthly", "monthly", "Thing", "count", None, None, (), None, PUBLIC, False)
    feed = Feed("hot", "hot", "Thing", None, (), PUBLIC, False)

    found = routes(
        PLAIN,
        operations={"pay_in": operation("Thing"), "other": operation(None)},
        reports={"monthly": report},
        feeds={"hot": feed},
    )

    assert found[-4:] == [
        "POST /things/{id}/pay-in",
        "POST /operations/pay-in",
        "GET /reports/monthly",
        "GET /feeds/hot",
    ]


def test_what_is_a_tenants_is_below_it() -> None:
    clinic = replace(PLAIN, name="Clinic", segment="clinics")
    patient = replace(PLAIN, name="Patient", segment="patients", tenanted=True)

    found = routes(
        clinic,
        patient,
        replace(PLAIN, name="Drug", segment="drugs"),
        tenancy=Tenancy("Clinic", "clinic"),
        operations={"pay_in": operation(None, tenanted=True)},
    )

    assert "GET /clinics/{id}" in found
    assert "GET /clinics/{clinic_id}/patients/{id}" in found
    assert "POST /drugs" in found
    assert "POST /clinics/{clinic_id}/operations/pay-in" in found


def test_names() -> None:
    assert snake("OrderLine") == "order_line"
    assert snake("HTTPThing") == "http_thing"
    assert nameless("/a/{b_id}/c/{id}") == "/a/{}/c/{}"
