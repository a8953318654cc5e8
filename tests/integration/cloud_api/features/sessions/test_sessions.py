"""Signing in and out, renewing, and what happens to stolen tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from cloud_service import PASSWORD, CloudService, Person


def age(cloud: CloudService, person: Person, seconds: int) -> None:
    """Let all refresh tokens of somebody be this much older."""
    cloud.execute(
        """
        UPDATE refresh_tokens SET used_at = used_at - %(seconds)s * interval '1 second'
        FROM sessions JOIN users ON users.id = sessions.user_id
        WHERE sessions.id = session_id AND email = %(email)s
        """,
        seconds=seconds,
        email=person.email,
    )


def events(cloud: CloudService, person: Person) -> list[str]:
    rows = cloud.execute(
        "SELECT kind FROM audit_events JOIN users ON users.id = user_id"
        " WHERE email = %(email)s ORDER BY audit_events.id",
        email=person.email,
    )
    return [row["kind"] for row in rows]


def test_a_refresh_token_is_replaced_again_and_again(person: Person) -> None:
    seen = {person.tokens["refresh_token"]}
    for _ in range(3):
        answer = person.refresh()
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        person.use(answer.json())
        assert person.tokens["refresh_token"] not in seen
        seen.add(person.tokens["refresh_token"])
        assert person.client.get("/auth/me").status_code == 200


def test_a_lost_reply_is_given_again(person: Person) -> None:
    spent = person.tokens["refresh_token"]
    first, second = person.refresh(spent), person.refresh(spent)
    assert first.json()["refresh_token"] == second.json()["refresh_token"]
    person.use(second.json())
    assert person.refresh().status_code == 200


def test_requests_at_once_get_the_same_successor(person: Person) -> None:
    spent = person.tokens["refresh_token"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: person.refresh(spent), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize("how", ["too late", "successor used"])
def test_reuse_ends_the_session_for_all(cloud: CloudService, person: Person, how: str) -> None:
    stolen = person.tokens["refresh_token"]
    person.use(person.refresh().json())
    if how == "too late":
        age(cloud, person, 31)
    else:
        person.use(person.refresh().json())
    refused = person.refresh(stolen)
    assert refused.status_code == 401
    # It was committed before the refusal: not even the newest tokens are good.
    assert person.client.get("/auth/me").status_code == 401
    assert person.refresh().status_code == 401
    assert events(cloud, person)[-1] == "refresh-token-reused"


def test_reuse_ends_no_other_session(cloud: CloudService, person: Person) -> None:
    other = Person(person.email, cloud.new_client())
    other.sign_in()
    stolen = person.tokens["refresh_token"]
    person.use(person.refresh().json())
    age(cloud, person, 31)
    assert person.refresh(stolen).status_code == 401
    assert other.client.get("/auth/me").status_code == 200


@pytest.mark.parametrize("column", ["idle_expires_at", "expires_at"])
def test_a_session_ends_by_idleness_and_by_age(
    cloud: CloudService, person: Person, column: str
) -> None:
    cloud.execute(
        f"UPDATE sessions SET {column} = now() FROM users"
        " WHERE users.id = user_id AND email = %(email)s",
        email=person.email,
    )
    assert person.client.get("/auth/me").status_code == 401
    assert person.refresh().status_code == 401
    assert person.refresh().status_code == 401


def test_use_prolongs_a_session_but_not_for_ever(cloud: CloudService, person: Person) -> None:
    cloud.execute(
        "UPDATE sessions SET idle_expires_at = now() + interval '1 minute',"
        " expires_at = now() + interval '1 hour' FROM users"
        " WHERE users.id = user_id AND email = %(email)s",
        email=person.email,
    )
    person.use(person.refresh().json())
    row = cloud.execute(
        "SELECT idle_expires_at = expires_at AS capped FROM sessions JOIN users"
        " ON users.id = user_id WHERE email = %(email)s",
        email=person.email,
    )
    assert row == [{"capped": True}]


def test_signing_out_ends_this_device_only(cloud: CloudService, person: Person) -> None:
    other = Person(person.email, cloud.new_client())
    other.sign_in(device_name="Ada’s laptop")
    listed = other.client.get("/auth/devices").json()["devices"]
    assert [(one["name"], one["current"]) for one in listed] == [
        ("Ada’s laptop", True),
        ("python-httpx/0.28.1", False),
    ]
    body = {"refresh_token": other.tokens["refresh_token"]}
    assert cloud.client.post("/auth/logout", json=body).status_code == 204
    assert cloud.client.post("/auth/logout", json=body).status_code == 204
    assert other.client.get("/auth/me").status_code == 401
    assert person.client.get("/auth/me").status_code == 200


def test_signing_out_everywhere_and_one_by_one(cloud: CloudService, person: Person) -> None:
    others = [Person(person.email, cloud.new_client()) for _ in range(2)]
    for other in others:
        other.sign_in()
    listed = person.client.get("/auth/devices").json()["devices"]
    newest = listed[0]["id"]
    assert person.client.delete(f"/auth/devices/{newest}").status_code == 204
    assert person.client.delete(f"/auth/devices/{newest}").status_code == 404
    assert others[1].client.get("/auth/me").status_code == 401
    assert others[0].client.get("/auth/me").status_code == 200
    assert person.client.post("/auth/logout-everywhere").status_code == 204
    for device in (person, others[0]):
        assert device.client.get("/auth/me").status_code == 401
        assert device.refresh().status_code == 401


def test_unknown_and_wrong_look_the_same(cloud: CloudService, person: Person) -> None:
    stranger = Person("nobody-at-all@example.com", cloud.new_client())
    wrong, unknown = person.sign_in("wrong"), stranger.sign_in("wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() | {"request_id": 0} == unknown.json() | {"request_id": 0}
    assert events(cloud, person)[-1] == "sign-in-refused"


def test_guessing_is_slowed_down_for_unknown_accounts_too(cloud: CloudService) -> None:
    person = cloud.new_person("guessed")
    stranger = Person("guessed-nobody@example.com", cloud.new_client())
    for one in (person, stranger):
        statuses = [one.sign_in("wrong").status_code for _ in range(6)]
        assert statuses[:5] == [401] * 5
        refused = one.sign_in("wrong")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
    assert person.sign_in().status_code == 429, "the right password has to wait as well"


def test_a_thousand_guesses_at_once_are_a_thousand(cloud: CloudService) -> None:
    person = cloud.new_person("flooded")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: person.sign_in("wrong").status_code, range(40)))
    assert answers.count(401) <= 6
    assert set(answers) == {401, 429}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("username=a&password=b", "application/json", 415),
        ("username=a", "application/x-www-form-urlencoded", 422),
        ("username=a&password=b&grant_type=x", "application/x-www-form-urlencoded", 422),
        ("username=%00&password=b", "application/x-www-form-urlencoded", 422),
        ("username=%ff&password=b", "application/x-www-form-urlencoded", 400),
        ("\xe9=1", "application/x-www-form-urlencoded", 400),
        ("x=" + "y" * 20_000, "application/x-www-form-urlencoded", 413),
        ("&".join(["a=b"] * 30), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(cloud: CloudService, body: str, kind: str, status: int) -> None:
    answer = cloud.client.post(
        "/auth/login", content=body.encode("latin-1"), headers={"Content-Type": kind}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )


def test_a_hash_of_older_parameters_is_made_anew(cloud: CloudService, person: Person) -> None:
    from argon2 import PasswordHasher

    older = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    cloud.execute(
        "UPDATE users SET password_hash = %(hash)s WHERE email = %(email)s",
        hash=older,
        email=person.email,
    )
    assert person.sign_in().status_code == 200
    row = cloud.execute(
        "SELECT password_hash FROM users WHERE email = %(email)s", email=person.email
    )
    assert "t=1" in row[0]["password_hash"]
    assert person.sign_in().status_code == 200
