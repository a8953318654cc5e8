"""The data of a project over HTTP: asked about, kept, tried on, put back while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import new_home, running_engine
from event_stream import follow

from local_engine.projects import Project

BLUEPRINT = """\
blueprint: 1
name: Shelf
entities:
  Book:
    fields:
      title: {type: string, max: 80}
    access: {list: public, read: public, create: public, update: public, delete: public}
"""


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with new_home() as home, running_engine(home) as engine:
        yield engine.client


@pytest.fixture(scope="module")
def project(api: httpx.Client) -> dict[str, Any]:
    """A project that runs, with one book."""
    created = api.post("/api/v1/projects", json={"blueprint": BLUEPRINT}).json()
    assert end_of(api, created["job"]["id"]) == "succeeded"
    facts = {**created["project"], "path": f"/api/v1/projects/{created['project']['id']}"}
    start(api, facts)
    add(api, facts, "one")
    return facts


def end_of(api: httpx.Client, job: str) -> str:
    return [event.type for event in follow(api, f"/api/v1/jobs/{job}/events")][-1]


def start(api: httpx.Client, project: dict[str, Any]) -> str:
    """Start the preview; gives the job."""
    job: str = api.post(f"{project['path']}/preview").json()["id"]
    assert end_of(api, job) == "succeeded"
    return job


def add(api: httpx.Client, project: dict[str, Any], title: str) -> None:
    url = api.get(f"{project['path']}/preview").json()["url"]
    answer = httpx.post(f"{url}/books", json={"title": title})
    assert answer.status_code == 201, answer.text


def gone(
    api: httpx.Client, path: str, body: dict[str, Any] | None = None, *, end: str = "succeeded"
) -> dict[str, Any]:
    """Go back or forth; gives the job's result, or its last event where that is not a success."""
    started = api.post(path, json=body)
    assert started.status_code == 202, started.text
    events = list(follow(api, f"/api/v1/jobs/{started.json()['id']}/events"))
    assert events[-1].type == end, events[-1]
    job = api.get(f"/api/v1/jobs/{started.json()['id']}").json()
    stages = {event.data["event"]["stage"] for event in events if event.type == "stage_ended"}
    assert end == "failed" or stages >= {"compare", "pause", "data", "resume"}
    found: dict[str, Any] = job["result"] or events[-1].data["event"]
    return found


def called_off(api: httpx.Client, path: str) -> None:
    """Start to go back with the data, and call it off while that is compared."""
    job = api.post(path, json={"replace_data": True}).json()["id"]
    last = ""
    for event in follow(api, f"/api/v1/jobs/{job}/events"):
        last = event.type
        if event.data["event"].get("stage") == "compare":
            api.post(f"/api/v1/jobs/{job}/cancel")
    assert last == "cancelled"


def books(api: httpx.Client, project: dict[str, Any]) -> list[str]:
    url = api.get(f"{project['path']}/preview").json()["url"]
    return sorted(book["title"] for book in httpx.get(f"{url}/books").json()["items"])


def test_going_back_and_forth_with_the_data(api: httpx.Client, project: dict[str, Any]) -> None:
    path = project["path"]
    base = api.get(f"{path}/blueprint").json()["digest"]
    edit = {
        "edit": "add_field",
        "entity": "Book",
        "field": "code",
        "definition": {"type": "string", "optional": True},
    }
    asked = {"edits": [edit], "base": base}
    plain = api.post(f"{path}/blueprint/proposals/edits", json=asked).json()
    assert plain["rehearsal"] is None
    proposal = api.post(f"{path}/blueprint/proposals/edits", json={**asked, "rehearse": True})
    rehearsal = proposal.json()["rehearsal"]
    assert (rehearsal["rows"], rehearsal["refused"]) == ({"books": 1}, None)
    assert rehearsal["lines"] == ["no row is changed or lost"]
    text = {"text": plain["text"], "base": base}
    assert api.put(f"{path}/blueprint", json=text).status_code == 200
    job = api.post("/api/v1/jobs", json={"kind": "generate", "project": project["id"]}).json()
    assert end_of(api, job["id"]) == "succeeded"
    assert api.delete(f"{path}/preview").status_code == 200
    job = start(api, project)
    tried = [
        event for event in follow(api, f"/api/v1/jobs/{job}/events") if event.type == "rehearsed"
    ]
    assert [event.data["event"]["lines"] for event in tried] == [["no row is changed or lost"]]
    add(api, project, "two")

    refused = gone(api, f"{path}/versions/undo", end="failed")
    assert refused["code"] == "newer-data"
    assert refused["problems"] == [
        {"detail": "1 row of Book", "table": "books", "rows": 1},
    ]
    assert books(api, project) == ["one", "two"]
    called_off(api, f"{path}/versions/undo")
    assert books(api, project) == ["one", "two"]
    gone(api, f"{path}/versions/undo", {"replace_data": True})
    assert api.get(f"{path}/preview").json()["status"] == "running"
    assert books(api, project) == ["one"]
    gone(api, f"{path}/versions/redo")
    assert books(api, project) == ["one", "two"]
    kept = api.get(f"{path}/snapshots").json()["snapshots"]
    assert {one["reason"] for one in kept} == {"migration", "replaced"}
    versions = api.get(f"{path}/versions").json()["versions"]
    assert {one["snapshot"] for one in versions} >= {one["id"] for one in kept}


def test_snapshots_on_request(api: httpx.Client, project: dict[str, Any]) -> None:
    path = f"{project['path']}/snapshots"
    before = books(api, project)
    made = api.post(path)
    assert made.status_code == 201, made.text
    snapshot = made.json()
    assert snapshot["reason"] == "asked"
    assert snapshot["rows"] == {"books": len(before)}
    assert api.get(path).json()["snapshots"][0] == snapshot
    add(api, project, "three")
    refused = gone(api, f"{path}/{snapshot['id']}/restore", end="failed")
    assert refused["code"] == "newer-data"
    body = {"replace_data": True}
    restored = gone(api, f"{path}/{snapshot['id']}/restore", body)
    assert restored["snapshot"] == snapshot["id"]
    assert books(api, project) == before
    assert api.delete(f"{path}/{snapshot['id']}").status_code == 204
    assert api.delete(f"{path}/{snapshot['id']}").json()["code"] == "no-such-snapshot"
    file = next((Path(project["folder"]) / ".git/backend-generator/snapshots").glob("*.dump"))
    file.write_bytes(b"no dump")
    damaged = gone(api, f"{path}/{file.stem}/restore", body, end="failed")
    assert damaged["code"] in {"data-refuses", "project-refuses"}  # the latter: of other tables
    assert books(api, project) == before


def test_the_report_of_a_version(api: httpx.Client, project: dict[str, Any]) -> None:
    versions = f"{project['path']}/versions"
    newest = api.get(versions).json()["versions"][0]
    assert api.get(f"{versions}/{newest['id']}/report").json()["code"] == "no-report"
    folder = Project(Path(project["folder"]))
    folder.attach_report(folder.head(), b'{"verdict": "passed"}', "passed")
    assert api.get(f"{versions}/{newest['id']}/report").json() == {"verdict": "passed"}
    assert api.get(versions).json()["versions"][0]["verdict"] == "passed"
