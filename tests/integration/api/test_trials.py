"""Trying something out over HTTP, and what files were in a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import new_home, running_engine
from event_stream import follow


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with new_home() as home, running_engine(home) as engine:
        yield engine.client


@pytest.fixture(scope="module")
def project(api: httpx.Client) -> dict[str, Any]:
    """A project with code; each test leaves it on its main line."""
    created = api.post("/api/v1/projects", json={"prompt": "A simple todo API"}).json()
    assert ended(api, created["job"]["id"])[0] == "succeeded"
    facts: dict[str, Any] = created["project"]
    return facts | {"path": f"/api/v1/projects/{facts['id']}"}


def ended(api: httpx.Client, job: str) -> tuple[str, dict[str, Any]]:
    """How a job ended, and its last event."""
    last = list(follow(api, f"/api/v1/jobs/{job}/events"))[-1]
    return last.type, last.data["event"]


def gone(api: httpx.Client, path: str) -> None:
    """Carry a job out that goes back, or forth."""
    started = api.post(path)
    assert started.status_code == 202, started.text
    end, event = ended(api, started.json()["id"])
    assert end == "succeeded", event


def change(project: dict[str, Any], text: str) -> Path:
    """An edit of the user's."""
    file = Path(project["folder"]) / "extensions" / "notes.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_what_was_discarded_can_be_had_back(api: httpx.Client, project: dict[str, Any]) -> None:
    path = f"{project['path']}/trial"
    assert api.get(path).json() == {"name": None, "branch": "main", "discarded": []}
    begun = api.post(path, json={"name": "idea"})
    assert (begun.status_code, begun.json()["name"]) == (201, "idea")
    taken = api.post(path, json={"name": "another"})
    assert (taken.status_code, taken.json()["code"]) == (409, "project-refuses")
    file = change(project, "tried\n")
    gone(api, f"{path}/discard")
    assert not file.exists()
    shown = api.get(path).json()
    (discarded,) = shown.pop("discarded")
    assert shown == {"name": None, "branch": "main"}
    assert (discarded["name"], discarded["until"] > discarded["discarded"]) == ("idea", True)
    assert api.post(f"{path}/discarded/{'0' * 40}/recover").json()["code"] == "no-such-trial"
    gone(api, f"{path}/discarded/{discarded['version']}/recover")
    assert file.read_text("utf-8") == "tried\n"
    kept = api.post(f"{path}/keep")
    assert (kept.status_code, kept.json()) == (200, {**shown, "discarded": []})
    assert file.read_text("utf-8") == "tried\n"


@pytest.mark.parametrize(("action", "status"), [("keep", 409), ("discard", 202)])
def test_where_nothing_is_tried(
    api: httpx.Client, project: dict[str, Any], action: str, status: int
) -> None:
    answer = api.post(f"{project['path']}/trial/{action}")
    assert answer.status_code == status
    if status == 202:
        assert ended(api, answer.json()["id"])[1]["code"] == "project-refuses"
    else:
        assert answer.json()["code"] == "project-refuses"


@pytest.mark.parametrize("name", ["", "../x", "UPPER", "a" * 42, "_merge"])
def test_names_that_are_none(api: httpx.Client, project: dict[str, Any], name: str) -> None:
    answer = api.post(f"{project['path']}/trial", json={"name": name})
    assert answer.status_code == 422


def test_files_as_they_were(api: httpx.Client, project: dict[str, Any]) -> None:
    path = project["path"]
    before = api.get(f"{path}/versions").json()["versions"][0]["id"]
    file = change(project, "first\n")
    file.with_name("bytes.bin").write_bytes(b"\xff\x00")
    assert api.post(f"{path}/trial", json={"name": "notice"}).status_code == 201
    api.post(f"{path}/trial/keep")
    version = api.get(f"{path}/versions").json()["versions"][0]["id"]
    assert version != before
    change(project, "second\n")
    at = f"{path}/versions/{version}/files"
    assert "extensions/notes.txt" in api.get(at).json()["files"]
    wanted = {"path": "extensions/notes.txt"}
    assert api.get(f"{at}/content", params=wanted).json()["text"] == "first\n"
    shown = api.get(f"{at}/difference", params=wanted).json()
    assert "+first\n" in shown["difference"]
    same = api.get(f"{at}/difference", params=wanted | {"old": version}).json()
    assert same["difference"] == ""
    assert api.get(f"{at}/content", params={"path": "extensions/bytes.bin"}).json()["text"] is None
    for route in ("content", "difference"):
        for name in ("extensions/none.txt", "../catalogue.sqlite3", "/etc/passwd", ".git/config"):
            answer = api.get(f"{at}/{route}", params={"path": name})
            assert (answer.status_code, answer.json()["code"]) == (404, "no-such-file"), name
