"""Community: members of places, own roles there, derived score, votes that replace one another."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from emitted_service import SignIn, created, refusal, user_id

PROJECT = "community"


@pytest.fixture
def owner(sign_in: SignIn) -> httpx.Client:
    return sign_in("owner")


@pytest.fixture
def member(sign_in: SignIn) -> httpx.Client:
    return sign_in("member")


@pytest.fixture
def stranger(sign_in: SignIn) -> httpx.Client:
    return sign_in("stranger")


@pytest.fixture
def place(owner: httpx.Client, member: httpx.Client, request: Any) -> dict[str, Any]:
    name = request.node.name.replace("_", "-")[:30].strip("-")
    community = created(owner, "/communities", name=name, description="")
    created(member, "/memberships", community_id=community["id"])
    return community


def _post(client: httpx.Client, place: dict[str, Any]) -> dict[str, Any]:
    return created(
        client, "/posts", community_id=place["id"], title="A title", body="A body of some length"
    )


def test_only_members_post(
    owner: httpx.Client, member: httpx.Client, stranger: httpx.Client, place: dict[str, Any]
) -> None:
    body = {"community_id": place["id"], "title": "A title", "body": "A body of some length"}
    assert stranger.post("/posts", json={**body, "title": "x"}).status_code == 422  # before 403
    assert stranger.post("/posts", json=body).status_code == 403
    assert _post(member, place)["score"] == 0
    assert _post(owner, place)["author_id"] == user_id(owner)


def test_roles_are_given_by_the_owner_alone(
    owner: httpx.Client, member: httpx.Client, stranger: httpx.Client, place: dict[str, Any]
) -> None:
    refused = stranger.post("/memberships", json={"community_id": place["id"], "role": "moderator"})
    assert refusal(refused) == (422, "/role")
    listed = owner.get("/memberships", params={"community_id": place["id"]}).json()["items"]
    (membership,) = [row for row in listed if row["user_id"] == user_id(member)]
    address = f"/memberships/{membership['id']}"
    assert membership["role"] == "reader"
    assert member.patch(address, json={"role": "moderator"}).status_code == 403
    assert stranger.get(address).status_code == 404
    assert owner.patch(address, json={"role": "moderator"}).json()["role"] == "moderator"
    assert member.patch(f"/communities/{place['id']}", json={"description": "x"}).status_code == 200
    again = member.post("/memberships", json={"community_id": place["id"]})
    assert refusal(again) == (409, "membership.unique")


def test_votes_replace_one_another(
    owner: httpx.Client, member: httpx.Client, stranger: httpx.Client, place: dict[str, Any]
) -> None:
    post = _post(member, place)
    first = stranger.post("/votes", json={"post_id": post["id"], "value": 1})
    assert first.status_code == 201
    second = stranger.post("/votes", json={"post_id": post["id"], "value": -1})
    assert second.status_code == 200
    assert second.json()["id"] == first.json()["id"]
    assert second.headers["etag"] != first.headers["etag"]
    assert created(owner, "/votes", post_id=post["id"], value=-1)["value"] == -1
    assert stranger.get(f"/posts/{post['id']}").json()["score"] == -2
    own = member.post("/votes", json={"post_id": post["id"], "value": 1})
    assert refusal(own) == (409, "vote.check")
    assert refusal(stranger.post("/votes", json={"post_id": post["id"], "value": 2})) == (
        422,
        "/value",
    )
    assert stranger.get("/votes").status_code == 405
    assert member.get(f"/votes/{first.json()['id']}").status_code == 404
    by_score = member.get("/posts", params={"sort": "-score"}).json()["items"]
    assert [row["score"] for row in by_score] == sorted(
        (row["score"] for row in by_score), reverse=True
    )


def test_an_answer_stays_under_its_post(member: httpx.Client, place: dict[str, Any]) -> None:
    here, there = _post(member, place), _post(member, place)
    first = created(member, "/comments", post_id=here["id"], body="First")
    wrong = {"post_id": there["id"], "parent_id": first["id"], "body": "Elsewhere"}
    assert refusal(member.post("/comments", json=wrong)) == (422, "/parent_id")
    answer = created(member, "/comments", post_id=here["id"], parent_id=first["id"], body="Reply")
    other = created(member, "/comments", post_id=there["id"], body="Other")
    moved = member.patch(f"/comments/{answer['id']}", json={"parent_id": other["id"]})
    assert refusal(moved) == (422, "/parent_id")
    assert member.delete(f"/comments/{first['id']}").status_code == 204
    assert member.get(f"/comments/{answer['id']}").status_code == 404


def test_a_closed_place_takes_no_posts(
    owner: httpx.Client, member: httpx.Client, place: dict[str, Any]
) -> None:
    assert owner.patch(f"/communities/{place['id']}", json={"closed": True}).status_code == 200
    body = {"community_id": place["id"], "title": "A title", "body": "A body of some length"}
    refused = member.post("/posts", json=body)
    assert refusal(refused) == (409, "post.check")
    assert "closed" in refused.json()["detail"]
    assert owner.patch(f"/communities/{place['id']}", json={"name": "other"}).status_code == 422
