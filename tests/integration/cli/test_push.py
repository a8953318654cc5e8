"""`push` as a user calls it, and as a job over HTTP: the token is nowhere to be found."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import run, run_json
from engine_process import running_engine
from event_stream import follow
from git_servers import TOKEN, WebServer, git, https_server, new_repository

from local_engine.generator.blueprint import load
from local_engine.projects import Project

NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="push-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        for name in ("home", "served"):
            (place / name).mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        monkeypatch.setenv("BACKEND_GENERATOR_KEY_STORE", "none")
        Project.create(place / "notes", load(NOTES))
        yield place


@pytest.fixture
def there(place: Path) -> Path:
    return new_repository(place / "served/notes.git")


@pytest.fixture
def web(there: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with https_server(there.parent) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        yield server


def assert_no_secret_in(*folders: Path) -> None:
    for folder in folders:
        for file in [path for path in folder.rglob("*") if path.is_file()]:
            assert TOKEN.encode() not in file.read_bytes(), file


def test_from_the_command_line(place: Path, there: Path, web: WebServer) -> None:
    address = f"{web.url}/notes.git"
    refused = run("push", "notes", "--to", address, cwd=place, code=1)
    assert "wants a token" in refused.stderr
    arguments = ("push", "notes", "--to", address, "--token-stdin")
    done = run_json(*arguments, cwd=place, given=f"{TOKEN}\n")
    assert done["commit"] == git("rev-parse", "main", cwd=there)
    assert (done["remote"], done["branch"], done["new"]) == (address, "main", 1)
    again = run("push", "notes", "--token-stdin", cwd=place, given=f"{TOKEN}\n")
    assert "nothing new" in again.stdout
    assert TOKEN not in again.stdout + again.stderr
    table = sqlite3.connect(place / "home/jobs.sqlite3")
    rows = table.execute("SELECT kind, status FROM jobs ORDER BY number").fetchall()
    table.close()
    assert rows == [("push", "failed"), ("push", "succeeded"), ("push", "succeeded")]
    assert_no_secret_in(place / "home", place / "notes")


def test_mistakes_are_explained(place: Path) -> None:
    nowhere = run("push", "notes", cwd=place, code=2)
    assert "not known where to" in nowhere.stderr
    secret = run("push", "notes", "--to", f"https://me:{TOKEN}@host/x", cwd=place, code=2)
    assert "must not hold" in secret.stderr
    assert TOKEN not in secret.stderr
    empty = run("push", "home", "--to", "https://localhost:1/x.git", cwd=place, code=1)
    assert "no project" in empty.stderr


def test_over_http_with_a_kept_secret(place: Path, there: Path, web: WebServer) -> None:
    (place / "home/projects").mkdir()
    address = f"{web.url}/notes.git"
    with running_engine(place / "home") as engine:
        client = engine.client
        opened = client.post("/api/v1/projects/open", json={"folder": str(place / "notes")})
        project = opened.json()["id"]
        path = f"/api/v1/projects/{project}/remote"
        assert client.get(path).json() == {"remote": None, "secret": None, "known": False}

        def push(**more: str) -> dict[str, object]:
            request = {"kind": "push", "project": project, "remote": address, **more}
            job = client.post("/api/v1/jobs", json=request).json()["id"]
            *_, last = follow(client, f"/api/v1/jobs/{job}/events")
            event: dict[str, object] = last.data["event"]
            return event

        assert push()["code"] == "unauthorized"
        passed = client.post("/api/v1/secrets/once", json={"value": "wrong"}).json()["name"]
        assert push(token=passed)["code"] == "unauthorized"
        name = f"git.localhost-{web.url.rsplit(':', 1)[1]}"
        client.put(f"/api/v1/secrets/{name}", json={"value": TOKEN})
        assert push()["type"] == "succeeded"
        assert client.get(path).json() == {"remote": address, "secret": name, "known": True}
        with_secret = {"kind": "push", "project": project, "remote": f"https://a:{TOKEN}@host/x"}
        answer = client.post("/api/v1/jobs", json=with_secret)
        assert answer.status_code == 422
        assert TOKEN not in answer.text
        assert "must not hold" in json.dumps(answer.json()["errors"])
    assert git("rev-parse", "main", cwd=there) == Project(place / "notes").head().id
    assert_no_secret_in(place / "home", place / "notes")
