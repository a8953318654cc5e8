"""Accounts as their owners and as strangers meet them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from cloud_operations import new_project
from cloud_service import PASSWORD, CloudService, Person

NEW = "another good password"


def register(cloud: CloudService, email: str, password: str = PASSWORD) -> tuple[int, object]:
    answer = cloud.client.post("/auth/register", json={"email": email, "password": password})
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


def test_joining_with_a_taken_address_looks_like_joining(
    cloud: CloudService, person: Person
) -> None:
    shouted = person.email.upper()
    status, body = register(cloud, shouted, NEW)
    assert (status, body) == register(cloud, person.email, "yet another password")
    fresh_status, fresh = register(cloud, "fresh-" + person.email)
    assert (fresh_status, str(fresh)) == (status, str(body).replace("person", "fresh-person"))
    assert person.sign_in(NEW).status_code == 401
    assert person.sign_in().status_code == 200
    assert "has an\naccount already" in cloud.mails_to(person.email, 3)[-1]


def test_an_address_is_verified_by_its_code_once(cloud: CloudService, person: Person) -> None:
    assert person.client.get("/auth/me").json()["email_verified"] is False
    code = cloud.code_for(person.email)
    assert person.client.post("/auth/email/verify", json={"code": code}).status_code == 204
    assert person.client.get("/auth/me").json()["email_verified"] is True
    again = person.client.post("/auth/email/verify", json={"code": code})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "bad-code")


def test_a_newer_code_takes_the_place_of_an_older(cloud: CloudService, person: Person) -> None:
    first = cloud.code_for(person.email)
    assert person.client.post("/auth/email/verification").status_code == 202
    second = cloud.code_for(person.email, 2)
    assert person.client.post("/auth/email/verify", json={"code": first}).status_code == 422
    assert person.client.post("/auth/email/verify", json={"code": second}).status_code == 204


def test_a_code_is_good_for_its_purpose_and_its_time(cloud: CloudService, person: Person) -> None:
    verify = cloud.code_for(person.email)
    given = {"code": verify, "new_password": NEW}
    assert cloud.client.post("/auth/password/reset", json=given).status_code == 422
    cloud.execute(
        "UPDATE mail_codes SET expires_at = now() FROM users"
        " WHERE users.id = user_id AND email = %(email)s",
        email=person.email,
    )
    assert person.client.post("/auth/email/verify", json={"code": verify}).status_code == 422


def test_a_code_without_the_account_verifies_nothing(cloud: CloudService, person: Person) -> None:
    """Somebody may have joined with another's address: who reads the mail has only the code."""
    code = cloud.code_for(person.email)
    other = cloud.new_person("other")
    attempts = [
        (cloud.client, {"code": code}, "missing"),
        (cloud.client, {"code": code, "password": "a wrong password"}, "wrong"),
        (other.client, {"code": code}, "bad-code"),
        (other.client, {"code": code, "password": PASSWORD}, "bad-code"),
    ]
    for client, given, why in attempts:
        refused = client.post("/auth/email/verify", json=given)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, why)
    assert person.client.get("/auth/me").json()["email_verified"] is False
    given = {"code": code, "password": PASSWORD}
    assert cloud.client.post("/auth/email/verify", json=given).status_code == 204
    assert person.client.get("/auth/me").json()["email_verified"] is True


def test_who_joined_with_anothers_address_loses_it_to_who_reads_its_mail(
    cloud: CloudService, person: Person
) -> None:
    """Joining again gives a stranger nothing; a mailed code gives the account to its owner."""
    assert register(cloud, person.email, NEW)[0] == 201
    assert person.sign_in(NEW).status_code == 401
    assert person.client.get("/auth/me").json()["email_verified"] is False
    assert "never\njoined yourself" in cloud.mails_to(person.email, 2)[-1]
    cloud.client.post("/auth/password/forgot", json={"email": person.email})
    given = {"code": cloud.code_for(person.email, 3), "new_password": NEW}
    assert cloud.client.post("/auth/password/reset", json=given).status_code == 204
    assert person.client.get("/auth/me").status_code == 401
    assert person.sign_in().status_code == 401
    assert person.sign_in(NEW).status_code == 200


@pytest.mark.parametrize("verified", [False, True])
def test_keys_and_guests_stay_if_the_address_was_shown_to_be_ones_own(
    cloud: CloudService, person: Person, verified: bool
) -> None:
    """Who joined with another's address leaves no key behind that listens, no guest that sees."""
    if verified:
        cloud.verify(person)
    else:
        cloud.code_for(person.email)
    person.client.put("/llm-keys/groq", json={"key": "gsk_0123456789"})
    path, _ = new_project(person)
    token = person.client.post(f"{path}/shares", json={"role": "editor"}).json()["token"]
    guest = cloud.new_person("guest")
    assert guest.client.post("/shares/accept", json={"token": token}).status_code == 200
    cloud.client.post("/auth/password/forgot", json={"email": person.email})
    given = {"code": cloud.code_for(person.email, 2), "new_password": NEW}
    assert cloud.client.post("/auth/password/reset", json=given).status_code == 204
    assert person.sign_in(NEW).status_code == 200
    kept = 1 if verified else 0
    assert len(person.client.get("/llm-keys").json()["keys"]) == kept
    assert len(person.client.get(f"{path}/shares").json()["shares"]) == kept
    assert guest.client.get(path).status_code == (200 if verified else 404)
    assert person.client.get(path).status_code == 200
    events = person.client.get("/auth/account/export").json()["security_events"]
    details = next(e["details"] for e in events if e["kind"] == "password-reset")
    assert details == {"ended": 1} | ({} if verified else {"keys": 1, "shares": 1})


def test_a_forgotten_password_is_set_anew(cloud: CloudService, person: Person) -> None:
    other = Person(person.email, cloud.new_client())
    assert other.sign_in().status_code == 200
    asked = cloud.client.post("/auth/password/forgot", json={"email": person.email})
    code = cloud.code_for(person.email, 2)
    given = {"code": code, "new_password": NEW}
    assert cloud.client.post("/auth/password/reset", json=given).status_code == 204
    assert cloud.client.post("/auth/password/reset", json=given).status_code == 422
    for device in (person, other):
        assert device.client.get("/auth/me").status_code == 401
        assert device.refresh().status_code == 401
    assert person.sign_in().status_code == 401
    assert person.sign_in(NEW).status_code == 200
    assert person.client.get("/auth/me").json()["email_verified"] is True
    unknown = cloud.client.post("/auth/password/forgot", json={"email": "nobody@example.com"})
    assert (
        (unknown.status_code, unknown.content)
        == (asked.status_code, asked.content)
        == (
            202,
            b"null",
        )
    )


def test_nobody_is_flooded_with_mails(cloud: CloudService, person: Person) -> None:
    body = {"email": person.email}
    answers = [cloud.client.post("/auth/password/forgot", json=body) for _ in range(5)]
    # Joining has sent the first of five.
    assert [answer.status_code for answer in answers] == [202] * 4 + [429]
    assert int(answers[-1].headers["retry-after"]) > 3000


def test_a_changed_password_signs_the_others_out(cloud: CloudService, person: Person) -> None:
    other = Person(person.email, cloud.new_client())
    assert other.sign_in().status_code == 200
    wrong = {"current_password": "wrong", "new_password": NEW}
    answer = person.client.post("/auth/password/change", json=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/current_password")
    right = {"current_password": PASSWORD, "new_password": NEW}
    assert person.client.post("/auth/password/change", json=right).status_code == 204
    assert person.client.get("/auth/me").status_code == 200
    assert other.client.get("/auth/me").status_code == 401
    assert other.refresh().status_code == 401
    assert other.sign_in(NEW).status_code == 200


def test_guessing_the_own_password_is_slowed_down(person: Person) -> None:
    wrong = {"current_password": "wrong", "new_password": NEW}
    answers = [person.client.post("/auth/password/change", json=wrong) for _ in range(8)]
    assert {answer.status_code for answer in answers} == {422, 429}
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_password_is_neither_short_nor_the_address(cloud: CloudService) -> None:
    email = "somebody-else@example.com"
    assert register(cloud, email, "Test123")[0] == 422
    status, body = register(cloud, email, email)
    assert status == 422
    assert "Choose something else" in str(body)
    assert register(cloud, email, "Test123!")[0] == 201


def test_what_is_no_address_is_refused(cloud: CloudService) -> None:
    for email in ("", "ada", "ada@", "@example.com", "a b@example.com", "a@b", "a@x..y", "a\n@b.c"):
        assert register(cloud, email)[0] == 422, email


def test_a_deleted_account_is_gone_with_all_its_rows(cloud: CloudService, person: Person) -> None:
    user = person.client.get("/auth/me").json()["id"]
    cloud.code_for(person.email)
    wrong = person.client.post("/auth/account/deletion", json={"password": "wrong"})
    assert wrong.status_code == 422
    right = person.client.post("/auth/account/deletion", json={"password": PASSWORD})
    assert right.status_code == 204
    assert person.client.get("/auth/me").status_code == 401
    assert person.sign_in().status_code == 401
    for table, column in referring(cloud, "users"):
        sql = f"SELECT count(*) AS rows FROM {table} WHERE {column} = %(user)s::uuid"
        assert cloud.execute(sql, user=user) == [{"rows": 0}], table
    kept = cloud.execute(
        "SELECT kind FROM audit_events WHERE user_id = %(user)s::uuid ORDER BY id", user=user
    )
    assert [row["kind"] for row in kept] == ["registered", "signed-in", "account-deleted"]


def referring(cloud: CloudService, target: str) -> list[tuple[str, str]]:
    """The tables and columns that refer to a table: none can be forgotten here."""
    rows = cloud.execute(
        """
        SELECT c.conrelid::regclass::text AS name, a.attname AS attribute
        FROM pg_constraint c JOIN pg_attribute a
          ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = %(target)s::regclass
        """,
        target=target,
    )
    assert rows
    return [(row["name"], row["attribute"]) for row in rows]


def test_an_export_holds_all_but_secrets(person: Person) -> None:
    answer = person.client.get("/auth/account/export")
    document = answer.json()
    assert document["account"]["email"] == person.email
    assert [event["kind"] for event in document["security_events"]] == [
        "account-exported",
        "signed-in",
        "registered",
    ]
    assert len(document["devices"]) == 1
    for secret in (PASSWORD, "argon2", person.tokens["refresh_token"]):
        assert secret not in answer.text


def test_nobody_signs_in_with_a_password_that_is_just_being_replaced(
    cloud: CloudService, person: Person
) -> None:
    """It was right when it was looked at; the session must not begin after all others ended."""
    other = Person(person.email, cloud.new_client())
    url = cloud.services.settings.direct_url
    with psycopg.connect(url) as reset, ThreadPoolExecutor(1) as threads:
        reset.execute("UPDATE users SET password_hash = 'new' WHERE email = %s", [person.email])
        signing_in = threads.submit(other.sign_in)
        with pytest.raises(TimeoutError):
            signing_in.result(0.5)
        reset.commit()
        answer = signing_in.result(10)
    assert answer.status_code == 401
    assert "meanwhile" in answer.json()["detail"]
    sql = (
        "SELECT sessions.id FROM sessions JOIN users ON users.id = user_id WHERE email = %(email)s"
    )
    assert len(cloud.execute(sql, email=person.email)) == 1
