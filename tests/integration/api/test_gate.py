"""Who is let in: token, cookie, Host, Origin."""

from __future__ import annotations

import http.client
from collections.abc import Sequence

import httpx
import pytest
from engine_process import TOKEN, EngineProcess

SESSION = "/api/v1/session"
PROBLEM = "application/problem+json"


def ask(engine: EngineProcess, headers: Sequence[tuple[str, str]], path: str = SESSION) -> int:
    """The status of a request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.ready["port"], timeout=10)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def authorized(engine: EngineProcess, *headers: tuple[str, str]) -> list[tuple[str, str]]:
    host = f"127.0.0.1:{engine.ready['port']}"
    own = [] if any(name == "Host" for name, _ in headers) else [("Host", host)]
    return [*own, ("Authorization", f"Bearer {TOKEN}"), *headers]


def test_with_the_token_one_gets_in(engine: EngineProcess) -> None:
    assert ask(engine, authorized(engine)) == 200
    assert ask(engine, authorized(engine, ("Host", f"localhost:{engine.ready['port']}"))) == 200


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN, f"Bearer {TOKEN[:-1]}"],
)
def test_without_it_one_does_not(engine: EngineProcess, value: str) -> None:
    host = ("Host", f"127.0.0.1:{engine.ready['port']}")
    assert ask(engine, [host, ("Authorization", value)]) == 401
    assert ask(engine, [host]) == 401
    assert ask(engine, [host, ("Cookie", f"backend_generator={TOKEN}")]) == 401


def test_two_tokens_are_none(engine: EngineProcess) -> None:
    assert ask(engine, authorized(engine, ("Authorization", "Bearer other"))) == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "localhost.evil.example:{port}",
     "127.0.0.1.nip.io:{port}", "[::1]:{port}", "0.0.0.0:{port}", "127.0.0.1:{port}.", ""],
)  # fmt: skip
def test_another_host_is_misdirected(engine: EngineProcess, host: str) -> None:
    named = ("Host", host.format(port=engine.ready["port"]))
    assert ask(engine, authorized(engine, named)) in (400, 421)
    assert ask(engine, authorized(engine, named), "/health") in (400, 421)
    assert ask(engine, authorized(engine, named), "/") in (400, 421)


def test_two_hosts_are_misdirected(engine: EngineProcess) -> None:
    own = ("Host", f"127.0.0.1:{engine.ready['port']}")
    assert ask(engine, authorized(engine, own, ("Host", "evil.example"))) in (400, 421)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "app://x",
     "http://127.0.0.1:{port}.evil.example", "file://"],
)  # fmt: skip
def test_a_foreign_origin_is_refused(engine: EngineProcess, origin: str) -> None:
    named = ("Origin", origin.format(port=engine.ready["port"]))
    assert ask(engine, authorized(engine, named)) == 403


def test_the_own_origin_is_not(engine: EngineProcess) -> None:
    assert ask(engine, authorized(engine, ("Origin", engine.url))) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_comes_from_elsewhere_is_refused(engine: EngineProcess, site: str) -> None:
    assert ask(engine, authorized(engine, ("Sec-Fetch-Site", site))) == 403


def test_no_answer_allows_another_origin(engine: EngineProcess) -> None:
    answers = [
        engine.client.options(SESSION, headers={"Access-Control-Request-Method": "POST"}),
        engine.client.get(SESSION),
        engine.client.get("/health"),
    ]
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_refusals_are_problems(engine: EngineProcess) -> None:
    with engine.new_client(None) as stranger:
        answer = stranger.get(SESSION)
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "no-token"
    assert answer.json()["status"] == 401


def test_what_is_not_there_is_a_problem_too(client: httpx.Client) -> None:
    for answer in (client.get("/api/v1/nothing"), client.get("/api/")):
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    answer = client.put(SESSION)
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)


def test_a_link_opens_the_window_once(engine: EngineProcess) -> None:
    link = engine.client.post(f"{SESSION}/links").json()["url"]
    with engine.new_client(None) as browser:
        entered = browser.get(link)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/api"))
        assert browser.get(SESSION).status_code == 200
        assert browser.delete(SESSION).status_code == 204
    with engine.new_client(None) as thief:
        assert thief.get(link).status_code == 403
        assert thief.get(SESSION).status_code == 401


def test_a_session_that_was_ended_is_none(engine: EngineProcess) -> None:
    link = engine.client.post(f"{SESSION}/links").json()["url"]
    with engine.new_client(None) as browser:
        browser.get(link)
        kept = dict(browser.cookies)
        browser.delete(SESSION)
        header = {"Cookie": f"backend_generator={kept['backend_generator']}"}
        assert browser.get(SESSION, headers=header).status_code == 401


def test_a_link_is_opened_by_get_alone(engine: EngineProcess) -> None:
    link = engine.client.post(f"{SESSION}/links").json()["url"]
    with engine.new_client(None) as browser:
        assert browser.post(link).status_code == 405
        assert browser.get(link).status_code == 303


def test_a_huge_body_is_refused(client: httpx.Client) -> None:
    answer = client.post(f"{SESSION}/tokens", content=b"x" * (9 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"


def test_a_huge_body_in_chunks_is_refused(client: httpx.Client) -> None:
    chunks = (b"x" * 65536 for _ in range(200))
    assert client.post(f"{SESSION}/tokens", content=chunks).status_code == 413


def test_a_body_that_is_wrong_says_where(client: httpx.Client) -> None:
    answer = client.post(f"{SESSION}/tokens", json={"token": "short", "other": 1})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/body/token", "/body/other"}
    json = {"Content-Type": "application/json"}
    assert client.post(f"{SESSION}/tokens", content=b"{", headers=json).status_code == 400
