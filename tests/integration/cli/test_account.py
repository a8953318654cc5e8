"""The account commands against `backend-generator cloud`, each a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_command import cloud_command
from command_line import run, run_json
from engine_process import new_home

EMAIL, PASSWORD, KEY = "ada@example.com", "correct horse battery", "sk-0123456789-abcd"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with new_home() as home, cloud_command(home) as facts:
        yield facts["url"]


@pytest.fixture
def place(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("API_URL", url)
    monkeypatch.setenv("BACKEND_GENERATOR_KEY_STORE", "none")
    monkeypatch.setenv("BACKEND_GENERATOR_PASSPHRASE", "a passphrase for tests")
    monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(tmp_path))
    return tmp_path


def test_an_account_from_joining_to_signing_out(place: Path, url: str) -> None:
    assert "Nobody is signed in" in run("whoami", cwd=place, code=1).stderr
    joined = run_json("register", EMAIL, cwd=place, given=f"{PASSWORD}\n")
    assert joined == {"cloud": url, "registered": EMAIL}
    refused = run("login", EMAIL, cwd=place, given="wrong-guess\n", code=1)
    assert "password is wrong" in refused.stderr
    signed_in = run_json("login", EMAIL, cwd=place, given=f"{PASSWORD}\n")
    assert signed_in["signed_in"]["email"] == EMAIL
    assert run_json("whoami", cwd=place) == signed_in

    (device,) = run_json("devices", "list", cwd=place)["devices"]
    assert device["current"]
    assert "no device's id" in run("devices", "revoke", "x", cwd=place, code=2).stderr

    kept = run_json("keys", "put", "groq", cwd=place, given=f"{KEY}\n")
    assert kept["key"]["last_four"] == "abcd"
    shown = run("keys", "list", cwd=place).stdout
    assert "…abcd" in shown
    assert KEY not in shown
    assert "one of: gemini" in run("keys", "put", "acme", cwd=place, given=KEY, code=2).stderr
    assert run_json("keys", "remove", "groq", cwd=place) == {"removed": "groq"}
    usage = run_json("usage", cwd=place)["usage"]
    assert usage["generations"] == {"used": 0, "limit": 10}
    assert "runs" in run("usage", cwd=place).stdout

    assert run_json("logout", cwd=place)["signed_out"] == EMAIL
    assert "Nobody is signed in" in run("whoami", cwd=place, code=1).stderr
    content = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in content
    assert KEY.encode() not in content


@pytest.mark.full
def test_what_cannot_be_is_said_in_words(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no password" in run("login", EMAIL, cwd=place, code=2).stderr
    assert "no e-mail address" in run("login", cwd=place, code=2).stderr
    short = run("register", EMAIL, cwd=place, given="short\n", code=2)
    assert "password: needs 8 characters or more" in short.stderr
    assert "short\n" not in short.stderr
    monkeypatch.setenv("API_URL", "http://127.0.0.1:9")
    away = run("login", EMAIL, cwd=place, given=f"{PASSWORD}\n", code=3)
    assert "cannot be reached" in away.stderr
    monkeypatch.setenv("API_URL", "http://cloud.example.com")
    assert "in the clear" in run("whoami", cwd=place, code=2).stderr
    monkeypatch.delenv("BACKEND_GENERATOR_PASSPHRASE")
    nowhere = run("login", EMAIL, cwd=place, given=f"{PASSWORD}\n", code=3)
    assert "BACKEND_GENERATOR_PASSPHRASE" in nowhere.stderr


def test_a_project_by_the_cloud_keeps_who_made_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = run("create", "A simple todo API", "--via", "cloud", cwd=place, code=1)
    assert "Nobody is signed in" in asked.stderr
    assert "rules need no cloud" in asked.stderr
    assert not list(place.glob("*/blueprint.yaml")), "nothing is made another way by itself"
    refused = run("plan", "x", "--via", "cloud", "--model", "gpt", cwd=place, code=2)
    assert "the cloud chooses the model" in refused.stderr
    run("register", "bob@example.com", cwd=place, given=f"{PASSWORD}\n")
    run("login", "bob@example.com", cwd=place, given=f"{PASSWORD}\n")
    made = run_json("create", "A simple todo API", "--via", "cloud", cwd=place)
    assert made["plan"]["making"]["via"] == "cloud"
    (version,) = run_json("history", made["project"], cwd=place)["versions"]
    assert version["making"] == made["plan"]["making"]
    assert "No model" in " ".join(version["making"]["notes"])
    monkeypatch.setenv("API_URL", "http://127.0.0.1:9")
    away = run("plan", "A simple todo API", "--via", "cloud", cwd=place, code=1)
    assert "Nobody is signed in" in away.stderr, "each address has a sign-in of its own"
