"""Keys of providers: stored, tested, moved between users, wrapped anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from cloud_process import run_command
from cloud_service import SECRET, CloudService, Person, running_cloud
from provider_models import ModelLists, model_lists

KEY = "gsk_0123456789abcdefghijklmnopWXYZ"
NEWER_SECRET = "a-newer-secret-for-tests-9876543210-zyxwvutsrq"


@pytest.fixture(scope="module")
def lists() -> Iterator[ModelLists]:
    with model_lists() as running:
        yield running


@pytest.fixture(scope="module")
def keeping(new_cloud_database: Callable[[], str], lists: ModelLists) -> Iterator[CloudService]:
    """A cloud that asks the stand-in, with a key of its own for Groq."""
    chosen = {**lists.settings(), "groq_api_key": "gsk_of_the_platform"}
    with running_cloud(new_cloud_database(), **chosen) as service:
        yield service


def store(person: Person, provider: str = "groq", key: str = KEY) -> None:
    assert person.client.put(f"/llm-keys/{provider}", json={"key": key}).status_code == 200


def test_only_the_last_four_characters_come_back(keeping: CloudService) -> None:
    person = keeping.new_person()
    stored = person.client.put("/llm-keys/groq", json={"key": f" {KEY}\n"})
    listed = person.client.get("/llm-keys")
    exported = person.client.get("/auth/account/export")
    assert stored.json()["last_four"] == "WXYZ"
    assert listed.json() == {"keys": [stored.json()], "platform": ["groq"]}
    for answer in (stored, listed, exported):
        assert KEY[4:-4] not in answer.text
    rows = keeping.execute("SELECT row_to_json(llm_keys)::text AS text FROM llm_keys")
    assert KEY[4:-4].encode().hex() not in rows[0]["text"]
    assert exported.json()["data"]["llm_keys"][0]["last_four"] == "WXYZ"


def test_keys_are_stored_so_often_an_hour(keeping: CloudService) -> None:
    person = keeping.new_person()
    for _ in range(30):
        store(person)
    answer = person.client.put("/llm-keys/groq", json={"key": KEY})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert 0 < int(answer.headers["retry-after"]) <= 3_600
    store(keeping.new_person("other"))


@pytest.mark.parametrize("committed", [True, False])
def test_no_key_slips_in_while_the_password_is_set_anew(
    keeping: CloudService, committed: bool
) -> None:
    """Whoever joined with another's address stores one in the moment in which it takes theirs."""
    person = keeping.new_person()
    url = keeping.services.settings.direct_url
    with psycopg.connect(url) as reset, ThreadPoolExecutor(1) as threads:
        reset.execute(
            "DELETE FROM sessions USING users WHERE users.id = user_id AND email = %s",
            [person.email],
        )
        storing = threads.submit(person.client.put, "/llm-keys/groq", json={"key": KEY})
        with pytest.raises(TimeoutError):
            storing.result(0.5)
        (reset.commit if committed else reset.rollback)()
        assert storing.result(10).status_code == (401 if committed else 200)
    sql = "SELECT provider FROM llm_keys JOIN users ON users.id = user_id WHERE email = %(email)s"
    assert len(keeping.execute(sql, email=person.email)) == (0 if committed else 1)


def test_a_newer_key_takes_the_place_of_an_older(keeping: CloudService) -> None:
    person = keeping.new_person()
    store(person)
    person.client.post("/llm-keys/groq/test")
    store(person, key="gsk_another_key_ABCD")
    (key,) = person.client.get("/llm-keys").json()["keys"]
    assert (key["last_four"], key["tested_at"], key["works"]) == ("ABCD", None, None)
    assert person.client.delete("/llm-keys/groq").status_code == 204
    assert person.client.delete("/llm-keys/groq").status_code == 404


@pytest.mark.parametrize("key", ["tiny-no", "two words are no key", "ключ-ключ-ключ", "x" * 600, 7])
def test_what_is_no_key_is_refused_and_not_repeated(keeping: CloudService, key: object) -> None:
    answer = keeping.new_person().client.put("/llm-keys/groq", json={"key": key})
    assert answer.status_code == 422
    assert len(str(key)) < 5 or str(key) not in answer.text


@pytest.mark.parametrize(
    ("provider", "path", "header"),
    [
        ("gemini", "/v1beta/models?pageSize=1", "x-goog-api-key"),
        ("groq", "/openai/v1/models", "authorization"),
        ("openai", "/v1/models", "authorization"),
    ],
)
def test_each_provider_is_asked_its_own_way(
    keeping: CloudService, lists: ModelLists, provider: str, path: str, header: str
) -> None:
    person = keeping.new_person()
    store(person, provider)
    lists.requests.clear()
    answer = person.client.post(f"/llm-keys/{provider}/test")
    assert answer.json()["verdict"] == "works"
    ((asked, headers),) = lists.requests
    assert asked == path
    assert headers[header].removeprefix("Bearer ") == KEY
    (key,) = person.client.get("/llm-keys").json()["keys"]
    assert key["works"] is True


@pytest.mark.parametrize(
    ("status", "verdict", "works"),
    [
        (200, "works", True),
        (429, "works", True),
        (400, "refused", False),
        (401, "refused", False),
        (403, "refused", False),
        (302, "unknown", None),
        (500, "unknown", None),
    ],
)
def test_what_the_answer_says_of_the_key(
    keeping: CloudService, lists: ModelLists, status: int, verdict: str, works: bool | None
) -> None:
    person = keeping.new_person()
    store(person)
    lists.answers.append(status)
    answer = person.client.post("/llm-keys/groq/test")
    assert (answer.status_code, answer.json()["verdict"]) == (200, verdict)
    assert KEY not in answer.text
    (key,) = person.client.get("/llm-keys").json()["keys"]
    assert key["works"] is works
    assert key["tested_at"] is not None


def test_a_provider_that_is_away(new_cloud_database: Callable[[], str]) -> None:
    away = {"groq_base_url": "http://127.0.0.1:1"}
    with running_cloud(new_cloud_database(), **away) as cloud:
        person = cloud.new_person()
        store(person)
        answer = person.client.post("/llm-keys/groq/test").json()
        assert answer == {"verdict": "unknown", "detail": "Groq cannot be reached now."}


def test_a_row_that_was_moved_to_another_user_is_worth_nothing(
    keeping: CloudService, lists: ModelLists
) -> None:
    """Whoever can write to the database still cannot spend somebody's key."""
    victim, thief = keeping.new_person("victim"), keeping.new_person("thief")
    store(victim)
    keeping.execute(
        "UPDATE llm_keys SET user_id = (SELECT id FROM users WHERE email = %(thief)s)"
        " WHERE user_id = (SELECT id FROM users WHERE email = %(victim)s)",
        thief=thief.email,
        victim=victim.email,
    )
    lists.requests.clear()
    answer = thief.client.post("/llm-keys/groq/test")
    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable-key")
    assert lists.requests == []
    store(thief, key="gsk_his_own_key_1234")
    assert thief.client.post("/llm-keys/groq/test").json()["verdict"] == "works"


def test_parts_of_two_rows_do_not_fit(keeping: CloudService) -> None:
    one, other = keeping.new_person("one"), keeping.new_person("other")
    store(one)
    store(other)
    keeping.execute(
        "UPDATE llm_keys AS k SET wrapped_key = o.wrapped_key, ciphertext = o.ciphertext"
        " FROM llm_keys AS o JOIN users AS u ON u.id = o.user_id"
        " WHERE u.email = %(other)s AND k.user_id ="
        " (SELECT id FROM users WHERE email = %(one)s)",
        one=one.email,
        other=other.email,
    )
    assert one.client.post("/llm-keys/groq/test").status_code == 409


def test_the_platforms_secret_is_changed(
    new_cloud_database: Callable[[], str], lists: ModelLists
) -> None:
    """Old secret, both, rewrap, new secret alone; sessions and keys outlive all of it."""
    url = new_cloud_database()
    changed = {"platform_secret_key": NEWER_SECRET}
    both = {**changed, "platform_previous_secret_key": SECRET}
    with running_cloud(url, **lists.settings()) as cloud:
        person = cloud.new_person()
        store(person)
        tokens = person.tokens
    with running_cloud(url, **lists.settings(), **changed) as cloud:
        unready = Person(person.email, cloud.new_client(), tokens)
        unready.use(tokens)
        assert unready.client.get("/auth/me").status_code == 401
    with running_cloud(url, **lists.settings(), **both) as cloud:
        during = Person(person.email, cloud.new_client())
        during.use(tokens)
        assert during.client.post("/llm-keys/groq/test").json()["verdict"] == "works"
    alone = run_command("rewrap-keys", PLATFORM_DATABASE_URL=url, PLATFORM_SECRET_KEY=NEWER_SECRET)
    assert alone.returncode == 1
    assert "1 keys cannot be opened: set PLATFORM_PREVIOUS_SECRET_KEY" in alone.stderr
    secrets = {"PLATFORM_SECRET_KEY": NEWER_SECRET, "PLATFORM_PREVIOUS_SECRET_KEY": SECRET}
    done = run_command("rewrap-keys", PLATFORM_DATABASE_URL=url, **secrets)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 keys are protected by the present secret now.\n"
    with running_cloud(url, **lists.settings(), **changed) as cloud:
        after = Person(person.email, cloud.new_client())
        assert after.refresh(tokens["refresh_token"]).status_code == 200
        assert after.sign_in().status_code == 200
        assert after.client.post("/llm-keys/groq/test").json()["verdict"] == "works"
