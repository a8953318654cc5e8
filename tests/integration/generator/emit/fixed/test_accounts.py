"""Accounts over HTTP: joining, one's own account, administration, the users command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from killing import eventually
from reference_project import PASSWORD, Project, Service, fresh_email, refresh, registration

pytestmark = pytest.mark.usefixtures("no_pauses")


def test_joining_gives_an_account_with_the_default_role(
    anonymous: httpx.Client, service: Service
) -> None:
    given = registration(email=f"ÄΣ{fresh_email()}".upper())
    answer = anonymous.post("/auth/register", json=given)
    assert answer.status_code == 201
    user = answer.json()
    assert list(user) == ["id", "email", "roles", "display_name", "created_at", "updated_at"]
    assert (user["email"], user["roles"]) == (str(given["email"]).lower(), ["member"])
    with service.signed_in(str(given["email"])) as client:
        assert client.get("/users/me").json() == user


@pytest.mark.parametrize("name", ["roles", "id", "active", "password_hash", "is_admin", "version"])
def test_joining_takes_no_other_field(anonymous: httpx.Client, name: str) -> None:
    answer = anonymous.post("/auth/register", json=registration(**{name: ["admin"]}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{name}"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"password": "1234567"}, "/password"),
        ({"password": "x" * 129}, "/password"),
        ({"password": None}, "/password"),
        ({"email": "ada"}, "/email"),
        ({"email": "A <a@b.de>"}, "/email"),
        ({"display_name": ""}, "/display_name"),
        ({"password": "abcdefgh\0"}, "/password"),
    ],
)
def test_joining_checks_its_input(
    anonymous: httpx.Client, changes: dict[str, Any], pointer: str
) -> None:
    answer = anonymous.post("/auth/register", json=registration(**changes))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_an_email_is_taken_whatever_its_case(anonymous: httpx.Client, member: str) -> None:
    answer = anonymous.post("/auth/register", json=registration(email=member.upper()))
    assert answer.status_code == 409
    assert answer.json()["rule"] == "user.email.unique"


def test_a_registration_in_vain_costs_no_slow_hash(anonymous: httpx.Client, member: str) -> None:
    def fastest(email: Callable[[], str]) -> float:
        answers = [
            anonymous.post("/auth/register", json=registration(email=email())) for _ in range(4)
        ]
        return min(answer.elapsed.total_seconds() for answer in answers)

    assert fastest(lambda: member) < fastest(fresh_email) / 2


def test_passwords_are_stored_as_argon2id(service: Service, member: str) -> None:
    with psycopg.connect(service.project.database_url) as connection:
        row = connection.execute(
            "SELECT password_hash FROM users WHERE email = %s", [member]
        ).fetchone()
    assert row is not None
    assert row[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_passwords_and_tokens_are_not_in_the_database_or_the_log(
    service: Service, member: str
) -> None:
    tokens = service.sign_in(member)
    with psycopg.connect(service.project.database_url) as connection:
        rows = connection.execute("SELECT digest FROM auth_refresh_tokens").fetchall()
    assert all(tokens["refresh_token"].encode() not in row[0] for row in rows)
    log = service.log_file.read_text()
    for secret in (PASSWORD, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in log


def test_a_vanished_account_cannot_create_rows(service: Service, member: str) -> None:
    with service.signed_in(member) as client:
        with psycopg.connect(service.project.database_url) as connection:
            connection.execute("DELETE FROM users WHERE email = %s", [member])
        assert client.post("/boards", json={"name": "x"}).status_code == 401


def test_changing_ones_account(service: Service, member: str) -> None:
    with service.signed_in(member) as client:
        me = client.get("/users/me")
        changed = client.patch(
            "/users/me", json={"display_name": "Other"}, headers={"If-Match": me.headers["etag"]}
        )
        assert changed.json()["display_name"] == "Other"
        assert (
            client.patch(
                "/users/me", json={"display_name": "x"}, headers={"If-Match": me.headers["etag"]}
            ).status_code
            == 412
        )
        for name in ("email", "roles", "password", "id", "active"):
            refused = client.patch("/users/me", json={name: "x"})
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["pointer"] == f"/{name}"
        assert client.patch("/users/me", json={"display_name": None}).status_code == 422


def test_admins_manage_roles(service: Service, root: httpx.Client, member: str) -> None:
    with service.signed_in(member) as client:
        user_id = client.get("/users/me").json()["id"]
    answer = root.put(f"/users/{user_id}/roles", json={"roles": ["member", "admin", "member"]})
    assert answer.status_code == 200
    assert answer.json()["roles"] == ["admin", "member"]
    with service.signed_in(member) as client:
        assert client.get("/users").status_code == 200
    unknown = root.put(f"/users/{user_id}/roles", json={"roles": ["member", "king"]})
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/roles/1"
    assert root.put(f"/users/{uuid4()}/roles", json={"roles": []}).status_code == 404
    assert root.put(f"/users/{user_id}/roles", json={"roles": []}).json()["roles"] == []


def test_a_role_taken_away_ends_with_the_next_token(
    service: Service, root: httpx.Client, anonymous: httpx.Client, member: str
) -> None:
    with service.signed_in(member) as client:
        user_id = client.get("/users/me").json()["id"]
    root.put(f"/users/{user_id}/roles", json={"roles": ["admin"]}).raise_for_status()
    tokens = service.sign_in(member)
    root.put(f"/users/{user_id}/roles", json={"roles": []}).raise_for_status()
    renewed = refresh(anonymous, tokens["refresh_token"]).json()["access_token"]
    with service.client(renewed) as client:
        assert client.get("/users").status_code == 403


def test_only_admins_see_users(
    root: httpx.Client, ada: httpx.Client, anonymous: httpx.Client
) -> None:
    me = ada.get("/users/me").json()
    for path in ("/users", f"/users/{me['id']}"):
        assert anonymous.get(path).status_code == 401
        assert ada.get(path).status_code == 403
    assert root.get(f"/users/{me['id']}").json() == me
    assert ada.put(f"/users/{me['id']}/roles", json={"roles": ["admin"]}).status_code == 403
    listed = root.get("/users", params={"email": "ada@example.com"}).json()["items"]
    assert listed == [me]
    assert "password" not in root.get("/users", params={"limit": 100}).text
    assert root.get("/users", params={"password_hash": "x"}).status_code == 422
    assert root.get("/users", params={"sort": "password_hash"}).status_code == 422


def _with_sign_up(project: Project, how: str) -> None:
    """The same project, joined in another way."""
    path = project.folder / "app" / "profile.py"
    path.write_text(path.read_text().replace('sign_up="open"', f'sign_up="{how}"'))
    project.migrate()
    project.add_users(
        [{"email": "root@example.com", "roles": ["admin"]}, {"email": "ada@example.com"}]
    )


def test_joining_by_invitation(project: Project) -> None:
    _with_sign_up(project, "invite")
    with (
        project.serving() as service,
        service.signed_in("root@example.com") as root,
        service.client() as anonymous,
    ):
        given = registration(email="new@example.com")
        assert anonymous.post("/auth/register", json=given).status_code == 422
        assert (
            anonymous.post("/auth/invitations", json={"email": "new@example.com"}).status_code
            == 401
        )
        with service.signed_in("ada@example.com") as ada:
            assert (
                ada.post("/auth/invitations", json={"email": "new@example.com"}).status_code == 403
            )
        invitation = root.post("/auth/invitations", json={"email": "New@example.com"})
        assert invitation.status_code == 201
        assert invitation.json().keys() == {"token", "expires_at"}
        token = invitation.json()["token"]
        other = anonymous.post("/auth/register", json=registration(invitation=token))
        assert other.status_code == 422
        assert other.json()["errors"][0]["pointer"] == "/invitation"
        assert (
            anonymous.post("/auth/register", json={**given, "invitation": token}).status_code == 201
        )
        again = anonymous.post("/auth/register", json={**given, "invitation": token})
        assert again.status_code in {409, 422}


def test_closed_joining_does_not_exist(project: Project) -> None:
    _with_sign_up(project, "closed")
    with project.serving() as service, service.client() as anonymous:
        assert anonymous.post("/auth/register", json=registration()).status_code == 404
        assert anonymous.post("/auth/invitations", json={"email": "a@b.de"}).status_code == 404
        assert service.sign_in("ada@example.com")


def test_the_users_command_creates_and_updates(project: Project) -> None:
    project.migrate()
    first = project.add_users([{"email": "Ada@Example.com", "roles": ["member"]}])
    UUID(first["Ada@example.com"])
    again = project.add_users(
        [
            {
                "email": "ada@example.com",
                "roles": ["admin"],
                "display_name": "Ada",
                "password": "new password",
            }
        ]
    )
    assert list(again.values()) == list(first.values())
    with project.serving() as service:
        token = service.sign_in("ada@example.com", "new password")["access_token"]
        with service.client(token) as client:
            me = client.get("/users/me").json()
    assert (me["roles"], me["display_name"]) == (["admin"], "Ada")


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        ("{", "not JSON"),
        ("[]", "users"),
        ('{"users": [{"email": "a@example.com"}]}', "users[0].password"),
        ('{"users": [{"email": "a@example.com", "roles": ["king"]}]}', "users[0].roles"),
    ],
)
def test_the_users_command_refuses_in_one_line(project: Project, stdin: str, words: str) -> None:
    project.migrate()
    done = project.command("users", stdin=stdin, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


LAST_ADMIN = "This is the last active admin: make somebody else an admin first."


@pytest.fixture
def two_admins(project: Project) -> Iterator[tuple[Service, list[str]]]:
    """A service with two admins, and their ids."""
    project.migrate()
    admins = [{"email": f"root{number}@example.com", "roles": ["admin"]} for number in range(2)]
    ids = project.add_users(admins)
    with project.serving() as service:
        yield service, list(ids.values())


def test_the_last_admin_stays_one(two_admins: tuple[Service, list[str]]) -> None:
    service, (first, second) = two_admins
    with service.signed_in("root0@example.com") as root:
        away = root.put(f"/users/{second}/roles", json={"roles": ["member"]})
        assert away.json()["roles"] == ["member"]
        before = root.get(f"/users/{first}")
        refused = root.put(f"/users/{first}/roles", json={"roles": []})
        assert refused.status_code == 409
        assert (refused.json()["rule"], refused.json()["detail"]) == ("user.last_admin", LAST_ADMIN)
        assert root.get(f"/users/{first}").headers["etag"] == before.headers["etag"]
        kept = root.put(f"/users/{first}/roles", json={"roles": ["admin", "member"]})
        assert kept.json()["roles"] == ["admin", "member"]


def test_the_users_command_keeps_an_admin(project: Project) -> None:
    project.migrate()
    project.add_users([{"email": "root@example.com", "roles": ["admin"]}])
    for away in ({"roles": ["member"]}, {"roles": ["admin"], "active": False}):
        entry = {"email": "root@example.com", "password": PASSWORD, "display_name": "R", **away}
        done = project.command("users", stdin=json.dumps({"users": [entry]}), check=False)
        assert done.returncode == 1
        assert LAST_ADMIN in done.stderr
    exchanged: list[dict[str, Any]] = [
        {"email": "root@example.com"},
        {"email": "new@example.com", "roles": ["admin"]},
    ]
    assert project.add_users(exchanged)


def _waiting(url: str) -> int:
    """How many transactions wait for the lock of the last admin."""
    with psycopg.connect(url) as connection:
        sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        row = connection.execute(sql).fetchone()
    return row[0] if row else 0


def test_two_admins_who_step_back_at_once(two_admins: tuple[Service, list[str]]) -> None:
    service, ids = two_admins
    url = service.project.database_url
    with service.signed_in("root0@example.com") as root, ThreadPoolExecutor(2) as pool:
        with psycopg.connect(url) as blocker:
            # Both have written before either may commit.
            blocker.execute("SELECT pg_advisory_xact_lock(hashtextextended('users_last_admin', 0))")
            answers = [
                pool.submit(root.put, f"/users/{user}/roles", json={"roles": []}) for user in ids
            ]
            assert eventually(lambda: _waiting(url) == 2, 10)
        statuses = sorted(answer.result().status_code for answer in answers)
    assert statuses == [200, 409]
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM users WHERE active AND 'admin' = ANY (roles)"
        ).fetchone()
    assert row == (1,)
