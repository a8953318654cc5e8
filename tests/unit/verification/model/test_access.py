"""The model's decisions about access, by docs/blueprint.md, §8 and §9."""

from __future__ import annotations

import pytest
from bench import NOBODY, Bench

NOTES = """
accounts: {sign_up: open, roles: [editor]}
entities:
  Note:
    owner: author
    fields: {text: string, open: {type: boolean, default: false}}
    relations: {author: {to: User}, remarks: {many: Remark}}
    access:
      list: [owner, public if open]
      read: [owner, editor, public if open]
      create: authenticated
      update: [owner, editor]
      delete: owner
  Remark:
    part_of: note
    fields: {text: string}
    relations: {note: {to: Note}}
  Rule:
    fields: {text: string}
    access: {list: editor, read: authenticated, create: editor, update: editor, delete: nobody}
"""
PLACES = """
entities:
  Club:
    owner: founder
    fields: {name: string}
    relations: {founder: {to: User}}
    members: {through: Membership, user: user, role: role, join: open}
    access:
      {list: public, read: public, create: authenticated, update: "member:chair", delete: owner}
  Membership:
    owner: user
    place: club
    fields:
      role: {type: enum, values: [plain, chair], default: plain, editable_by: club.founder}
    relations: {club: {to: Club}, user: {to: User}}
    rules: [{unique: [club, user]}]
    access: {list: member, read: member, create: authenticated, update: club.founder, delete: owner}
  Talk:
    place: club
    fields: {title: string}
    relations: {club: {to: Club}}
    access: {list: public, read: public, create: member, update: "member:chair", delete: nobody}
"""
TENANTS = """
tenancy: {tenant: Firm, through: Job, user: user, role: role, creator_role: boss}
entities:
  Firm:
    fields: {name: string}
    access: {list: member, read: member, create: authenticated, update: "member:boss"}
  Job:
    fields: {role: {type: enum, values: [boss, hand], default: hand}}
    relations: {user: {to: User}}
    rules: [{unique: [user]}]
    access: {list: member, read: member, create: "member:boss", delete: "member:boss"}
  Tool:
    fields: {name: {type: string, unique: true}}
    relations: {keeper: {to: User, optional: true}}
    access: {list: member, read: member, create: "member:boss", update: member}
"""


@pytest.fixture
def notes() -> Bench:
    return Bench(NOTES)


def test_anonymous_requests_are_401_where_nothing_is_public(notes: Bench) -> None:
    note = notes.made("ann", "/notes", {"text": "a"})
    assert notes.status("", "POST", "/notes", {"text": "a"}) == 401
    assert notes.status("", "PATCH", f"/notes/{note['id']}", {}) == 401
    assert notes.status("", "GET", f"/notes/{note['id']}") == 404
    assert notes.seen("", "/notes")["items"] == []


def test_rows_that_are_not_readable_are_not_there(notes: Bench) -> None:
    path = f"/notes/{notes.made('ann', '/notes', {'text': 'a'})['id']}"
    assert [notes.status("bob", m, path) for m in ("GET", "PATCH", "DELETE")] == [404] * 3
    assert notes.status("editor", "GET", path) == 200
    assert notes.status("editor", "DELETE", path) == 403
    assert notes.status("ann", "DELETE", path) == 204


def test_a_condition_admits_for_the_rows_where_it_holds(notes: Bench) -> None:
    path = f"/notes/{notes.made('ann', '/notes', {'text': 'a'})['id']}"
    notes.send("ann", "PATCH", path, {"open": True})
    assert notes.status("", "GET", path) == 200
    assert notes.status("bob", "PATCH", path, {}) == 403
    assert len(notes.seen("", "/notes")["items"]) == 1


def test_lists_show_what_list_and_read_admit(notes: Bench) -> None:
    notes.made("ann", "/notes", {"text": "a"})
    assert len(notes.seen("ann", "/notes")["items"]) == 1
    assert notes.seen("editor", "/notes")["items"] == []
    assert notes.status("ann", "GET", "/rules") == 403
    assert notes.status("", "GET", "/rules") == 401


def test_creation_by_role_is_refused_before_the_body(notes: Bench) -> None:
    assert notes.status("ann", "POST", "/rules", {"nonsense": 1}) == 403
    assert notes.status("editor", "POST", "/rules", {"nonsense": 1}) == 422


def test_parts_follow_their_whole(notes: Bench) -> None:
    path = f"/notes/{notes.made('ann', '/notes', {'text': 'a'})['id']}"
    other = f"/notes/{notes.made('ann', '/notes', {'text': 'b'})['id']}"
    remark = notes.made("ann", f"{path}/remarks", {"text": "r"})
    assert notes.status("bob", "POST", f"{path}/remarks", {"text": "r"}) == 404
    notes.send("ann", "PATCH", path, {"open": True})
    assert notes.status("bob", "POST", f"{path}/remarks", {"text": "r"}) == 403
    assert notes.status("bob", "GET", f"{path}/remarks/{remark['id']}") == 200
    assert notes.status("ann", "GET", f"{other}/remarks/{remark['id']}") == 404
    assert notes.status("ann", "GET", f"/notes/{NOBODY}/remarks") == 404


def test_actions_that_nobody_may_perform_do_not_exist(notes: Bench) -> None:
    rule = notes.made("editor", "/rules", {"text": "r"})
    assert notes.status("editor", "DELETE", f"/rules/{rule['id']}") == 405
    assert notes.status("editor", "GET", "/nowhere") == 404


def test_members_of_a_place_and_its_owner() -> None:
    clubs = Bench(PLACES)
    club = clubs.made("ann", "/clubs", {"name": "Chess"})
    talk = {"title": "Openings", "club_id": club["id"]}
    assert clubs.status("bob", "POST", "/talks", talk) == 403
    mine = clubs.made("bob", "/memberships", {"club_id": club["id"]})
    assert mine["role"] == "plain"
    made = clubs.made("bob", "/talks", talk)
    assert clubs.status("bob", "PATCH", f"/talks/{made['id']}", {"title": "x"}) == 403
    assert clubs.status("ann", "PATCH", f"/talks/{made['id']}", {"title": "x"}) == 200
    membership = f"/memberships/{mine['id']}"
    assert clubs.status("bob", "PATCH", membership, {"role": "chair"}) == 403
    assert clubs.status("ann", "PATCH", membership, {"role": "chair"}) == 200
    assert clubs.status("bob", "PATCH", f"/talks/{made['id']}", {"title": "y"}) == 200


def test_who_may_not_edit_a_field_may_not_send_it_at_creation() -> None:
    clubs = Bench(PLACES)
    club = clubs.made("ann", "/clubs", {"name": "Chess"})
    refused = clubs.decide("bob", "POST", "/memberships", {"club_id": club["id"], "role": "chair"})
    assert refused.statuses == {422}
    assert refused.fields == ("role",)


def test_tenants_never_see_each_other() -> None:
    firms = Bench(TENANTS)
    one = firms.made("ann", "/firms", {"name": "One"})
    two = firms.made("bob", "/firms", {"name": "Two"})
    tools = f"/firms/{one['id']}/tools"
    tool = firms.made("ann", tools, {"name": "Saw"})
    assert tool["firm_id"] == one["id"]
    assert firms.status("bob", "GET", tools) == 404
    assert firms.status("bob", "GET", f"/firms/{two['id']}/tools/{tool['id']}") == 404
    firms.made("bob", f"/firms/{two['id']}/tools", {"name": "Saw"})
    assert firms.broken("ann", "POST", tools, {"name": "Saw"}) == (409, "tool.name.unique")
    assert [row["id"] for row in firms.seen("ann", "/firms")["items"]] == [one["id"]]


def test_users_in_a_tenant_s_row_are_its_members() -> None:
    firms = Bench(TENANTS)
    firm = firms.made("ann", "/firms", {"name": "One"})
    tools = f"/firms/{firm['id']}/tools"
    body = {"name": "Saw", "keeper_id": firms.id("bob")}
    assert firms.status("ann", "POST", tools, body) == 422
    firms.made("ann", f"/firms/{firm['id']}/jobs", {"user_id": firms.id("bob")})
    assert firms.status("bob", "POST", tools, {"name": "Axe"}) == 403
    assert firms.status("ann", "POST", tools, body) == 201
