"""The users command: the first admin of a preview, stopped or running, and users with roles."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from command_line import run, run_json
from interrupting import Command

from local_engine.generator.blueprint import load
from local_engine.projects import Project

BLUEPRINT = """
name: Bakery
accounts: {roles: [customer, baker], default_role: customer}
entities:
  User:
    fields: {nickname: string, age: {type: integer, optional: true}}
  Cake:
    fields: {name: string}
    access: {list: public, read: public, create: baker, update: baker, delete: admin}
"""
ADD = ("users", "bakery", "add")
NICK = ("--field", "nickname=Jo")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with (
        tempfile.TemporaryDirectory(prefix="users-") as folder,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        place = Path(folder)
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        Project.create(place / "bakery", load(BLUEPRINT))
        yield place
        run("stop", "--all", cwd=place)


def roles_after_signing_in(url: str, email: str, password: str) -> list[str]:
    form = {"username": email, "password": password, "grant_type": "password"}
    signed = httpx.post(f"{url}/auth/login", data=form)
    assert signed.status_code == 200, signed.text
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    me = httpx.get(f"{url}/users/me", headers=headers).json()
    assert me["nickname"] == "Jo"
    roles: list[str] = me["roles"]
    return roles


def test_users_of_a_project_that_is_stopped_and_then_of_one_that_runs(place: Path) -> None:
    stopped = run_json(*ADD, "a@example.com", "--role", "admin", *NICK, cwd=place)["user"]
    assert len(stopped["password"]) >= 20
    assert run_json("list", cwd=place)["running"] == []

    started = run("run", "bakery", "--detach", cwd=place).stdout
    assert "users bakery add you@example.com --role admin" in started
    url = run_json("list", cwd=place)["running"][0]["url"]
    assert roles_after_signing_in(url, "a@example.com", stopped["password"]) == ["admin"]

    roles = ("--role", "baker", "--role", "customer")
    told = run(*ADD, "b@example.com", *roles, *NICK, cwd=place, given="a long password\n").stdout
    assert "a long password" not in told
    assert set(roles_after_signing_in(url, "b@example.com", "a long password")) == {
        "baker",
        "customer",
    }
    last = run(*ADD, "a@example.com", "--role", "baker", *NICK, "--generate", cwd=place, code=2)
    assert "last active admin" in last.stderr
    roles = ("--role", "baker", "--role", "admin")
    again = run_json(*ADD, "a@example.com", *roles, *NICK, "--generate", cwd=place)
    assert again["user"]["id"] == stopped["id"]
    password = again["user"]["password"]
    assert set(roles_after_signing_in(url, "a@example.com", password)) == {"admin", "baker"}


def test_on_a_terminal_the_password_is_asked_for_and_not_shown(place: Path) -> None:
    def typed(*lines: str) -> tuple[int, str]:
        command = Command(
            *(*ADD, "c@example.com", "--role", "baker", *NICK),
            folder=place,
            home=place / "home",
            terminal=True,
        )
        prompts = ("Password", "same again")
        for prompt, line in zip(prompts, lines, strict=True):
            command.wait_for_text(prompt)
            command.type(f"{line}\n")
        ended = command.end()
        return ended.code, ended.text

    code, text = typed("correct horse", "correct horse")
    assert code == 0, text
    assert "correct horse" not in text
    code, text = typed("correct horse", "wrong horse")
    assert code == 2
    assert "differ" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("d@example.com", "--role", "boss", *NICK), "its roles: customer, baker, admin"),
        (("nonsense", *NICK), "email: Give an e-mail address"),
        (("d@example.com",), "nickname"),
        (("d@example.com", "--field", "nick=Jo"), "nickname, age"),
        (("d@example.com", *NICK, "--field", "age=old"), "not a JSON integer"),
    ],
)
def test_what_is_wrong_is_said(place: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*ADD, *arguments, cwd=place, code=2).stderr


def test_a_short_password_is_refused(place: Path) -> None:
    refused = run(*ADD, "d@example.com", *NICK, cwd=place, code=2, given="short\n")
    assert "password: " in refused.stderr
    assert "short\n" not in refused.stderr


def test_a_folder_that_is_no_project_is_refused(place: Path) -> None:
    (place / "empty").mkdir()
    assert "no Blueprint" in run("users", "empty", "add", "d@x.org", cwd=place, code=2).stderr
    assert "no running" in run("users", "none", "add", "d@x.org", cwd=place, code=2).stderr
    answer = run("users", "none", "add", "d@x.org", "--json", cwd=place, code=2).stdout
    assert "no running" in json.loads(answer)["error"]["message"]
