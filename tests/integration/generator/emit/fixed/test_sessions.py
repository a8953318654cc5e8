"""Sessions over HTTP: signing in and out, renewal, reuse, throttling."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from reference_project import (
    PASSWORD,
    Project,
    Service,
    end_pauses,
    fresh_email,
    refresh,
    registration,
)

ADA = "ada@example.com"

pytestmark = pytest.mark.usefixtures("no_pauses")


def test_signing_in(anonymous: httpx.Client, member: str) -> None:
    form = {"username": member.upper(), "password": PASSWORD, "grant_type": "password", "scope": ""}
    answer = anonymous.post("/auth/login", data=form)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 600)


def test_wrong_and_unknown_look_alike(anonymous: httpx.Client, member: str) -> None:
    wrong = anonymous.post("/auth/login", data={"username": member, "password": "wrong password"})
    for name in (fresh_email(), "nobody", "\0", "%", "' OR 1=1 --"):
        unknown = anonymous.post("/auth/login", data={"username": name, "password": PASSWORD})
        assert (wrong.status_code, unknown.status_code) == (401, 401)
        assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


def test_wrong_and_unknown_take_alike(anonymous: httpx.Client) -> None:
    """Both cost a hash: without it an unknown account would be answered within a few ms."""

    def fastest(names: list[str]) -> float:
        times = []
        for name in names:
            started = time.perf_counter()
            anonymous.post("/auth/login", data={"username": name, "password": "wrong password"})
            times.append(time.perf_counter() - started)
        return min(times)

    known = []
    for _ in range(3):
        given = registration()
        anonymous.post("/auth/register", json=given).raise_for_status()
        known.append(str(given["email"]))
    unknown = fastest([fresh_email() for _ in range(3)])
    assert unknown > 0.5 * fastest(known)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"username=a", "application/x-www-form-urlencoded", 422),
        (b"username=&password=", "application/x-www-form-urlencoded", 422),
        (
            b"username=a&password=b&grant_type=refresh_token",
            "application/x-www-form-urlencoded",
            422,
        ),
        (b"{}", "application/json", 415),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded", 400),
        (b"username=a&password=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_the_form_is_checked(
    anonymous: httpx.Client, content: bytes, content_type: str, status: int
) -> None:
    answer = anonymous.post("/auth/login", content=content, headers={"Content-Type": content_type})
    assert answer.status_code == status


def test_a_refresh_token_is_good_for_one_use(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    first = service.sign_in(member)
    second = refresh(anonymous, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    with service.client(second.json()["access_token"]) as client:
        assert client.get("/users/me").json()["email"] == member


def test_a_spent_refresh_token_ends_its_family_only(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    stolen, other = service.sign_in(member), service.sign_in(member)
    newest = refresh(anonymous, stolen["refresh_token"]).json()
    reused = refresh(anonymous, stolen["refresh_token"])
    assert reused.status_code == 401
    assert reused.headers["www-authenticate"].startswith("Bearer")
    assert refresh(anonymous, newest["refresh_token"]).status_code == 401
    assert refresh(anonymous, other["refresh_token"]).status_code == 200


def test_two_uses_at_once_end_the_family(service: Service, member: str) -> None:
    token = service.sign_in(member)["refresh_token"]

    def use(_: int) -> httpx.Response:
        with service.client() as client:
            return refresh(client, token)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(use, range(4)))
    good = [answer for answer in answers if answer.status_code == 200]
    assert len(good) == 1
    with service.client() as client:
        assert refresh(client, good[0].json()["refresh_token"]).status_code == 401


@pytest.mark.parametrize("token", ["x", "x" * 512, "\u00e4"])
def test_a_strange_refresh_token_is_refused(anonymous: httpx.Client, token: str) -> None:
    assert refresh(anonymous, token).status_code == 401


def test_an_access_token_is_no_refresh_token_and_the_reverse(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    tokens = service.sign_in(member)
    assert refresh(anonymous, tokens["access_token"]).status_code in {401, 422}
    with service.client(tokens["refresh_token"]) as client:
        assert client.get("/users/me").status_code == 401


def test_an_expired_refresh_token_is_refused(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    token = service.sign_in(member)["refresh_token"]
    with psycopg.connect(service.project.database_url) as connection:
        connection.execute("UPDATE auth_refresh_tokens SET expires_at = now() - interval '1 s'")
    assert refresh(anonymous, token).status_code == 401


def test_signing_out_ends_the_family(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    first = service.sign_in(member)
    newest = refresh(anonymous, first["refresh_token"]).json()["refresh_token"]
    assert anonymous.post("/auth/logout", json={"refresh_token": newest}).status_code == 204
    assert refresh(anonymous, newest).status_code == 401
    assert anonymous.post("/auth/logout", json={"refresh_token": newest}).status_code == 204


def test_a_deactivated_account_cannot_go_on(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    tokens = service.sign_in(member)
    with psycopg.connect(service.project.database_url) as connection:
        connection.execute("UPDATE users SET active = false WHERE email = %s", [member])
    assert refresh(anonymous, tokens["refresh_token"]).status_code == 401
    answer = anonymous.post("/auth/login", data={"username": member, "password": PASSWORD})
    assert answer.status_code == 401
    with service.client(tokens["access_token"]) as client:
        assert client.get("/users/me").status_code == 401
        assert client.patch("/users/me", json={"display_name": "x"}).status_code == 401


def test_changing_the_password_ends_other_sessions(
    anonymous: httpx.Client, service: Service, member: str
) -> None:
    here, there = service.sign_in(member), service.sign_in(member)
    body = {"current_password": PASSWORD, "new_password": "another password"}
    with service.client(here["access_token"]) as client:
        wrong = client.put("/users/me/password", json={**body, "current_password": "guess"})
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["pointer"] == "/current_password"
        assert (
            client.put("/users/me/password", json={**body, "new_password": "short"}).status_code
            == 422
        )
        assert client.put("/users/me/password", json=body).status_code == 204
    assert refresh(anonymous, there["refresh_token"]).status_code == 401
    assert refresh(anonymous, here["refresh_token"]).status_code == 200
    assert service.sign_in(member, "another password")
    with pytest.raises(httpx.HTTPStatusError):
        service.sign_in(member)


def test_guessing_costs_pauses(anonymous: httpx.Client, service: Service, member: str) -> None:
    def attempt(name: str, password: str = "wrong password") -> httpx.Response:
        return anonymous.post("/auth/login", data={"username": name, "password": password})

    for name in (member, fresh_email()):
        answers = [attempt(name) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 2
    assert attempt(member, PASSWORD).status_code == 429, "the right password has to wait as well"
    time.sleep(1.2)
    assert attempt(member).status_code == 401
    assert int(attempt(member).headers["retry-after"]) >= 2, "the pause grows"
    end_pauses(service)
    assert attempt(member, PASSWORD).status_code == 200
    assert attempt(member).status_code == 401, "a success begins anew"


def test_guessing_at_once_is_counted(service: Service, member: str) -> None:
    def attempt(_: int) -> int:
        with service.client() as client:
            return client.post(
                "/auth/login", data={"username": member, "password": "no no no"}
            ).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(attempt, range(20)))
    # Five are free; a slow machine may get to the end of the first pauses (1 s, 2 s).
    assert 5 <= statuses.count(401) <= 8
    assert set(statuses) == {401, 429}


@pytest.fixture
def behind_a_proxy(project: Project) -> Iterator[Service]:
    """A service that believes what a proxy says of the clients' addresses, with one account."""
    project.settings["FORWARDED_ALLOW_IPS"] = "127.0.0.1"
    project.settings["REGISTRATIONS_PER_HOUR"] = "3"
    project.migrate()
    project.add_users([{"email": ADA, "roles": ["member"]}])
    with project.serving() as service:
        yield service


def test_who_guesses_locks_nobody_out(behind_a_proxy: Service) -> None:
    def attempt(address: str, password: str, name: str = ADA) -> int:
        return client.post(
            "/auth/login",
            data={"username": name, "password": password},
            headers={"X-Forwarded-For": address},
        ).status_code

    with behind_a_proxy.client() as client:
        for attacker in ("203.0.113.7", "2001:db8:1:2::1"):
            hammered = [attempt(attacker, "wrong password") for _ in range(8)]
            assert hammered[:5] == [401] * 5
            assert 429 in hammered[5:]
            assert attempt("198.51.100.4", PASSWORD) == 200, "the owner, elsewhere"
        neighbour = "2001:db8:1:2:3:4:5:6"
        assert attempt(neighbour, PASSWORD) == 429, "a subscriber has many addresses"


def test_an_address_has_a_budget_over_all_accounts(behind_a_proxy: Service) -> None:
    attacker = {"X-Forwarded-For": "203.0.113.8"}
    with psycopg.connect(behind_a_proxy.project.database_url) as connection:
        # A hundred guesses would take seconds: ninety-nine of them are written down.
        digest = hashlib.sha256(b"address\x00203.0.113.8").digest()
        connection.execute(
            "INSERT INTO auth_login_attempts VALUES (%s, 99, now(), now())", [digest]
        )
    with behind_a_proxy.client() as client:
        statuses = []
        for _ in range(3):
            form = {"username": fresh_email(), "password": "wrong password"}
            answer = client.post("/auth/login", data=form, headers=attacker)
            statuses.append(answer.status_code)
        assert statuses == [401, 429, 429]
        assert answer.headers["retry-after"] == "1"


def test_registrations_are_counted_by_address(behind_a_proxy: Service) -> None:
    def join(address: str, **given: object) -> httpx.Response:
        body = registration(**given)
        return client.post("/auth/register", json=body, headers={"X-Forwarded-For": address})

    with behind_a_proxy.client() as client:
        taken = [join("203.0.113.9", email=ADA).status_code for _ in range(2)]
        assert taken == [409, 409], "who looks for accounts is counted as well"
        assert join("203.0.113.9", password="short").status_code == 422
        assert join("203.0.113.9").status_code == 201
        refused = join("203.0.113.9")
        assert refused.status_code == 429
        assert 3500 < int(refused.headers["retry-after"]) <= 3600
        assert join("198.51.100.5").status_code == 201
