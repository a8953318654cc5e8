"""History over HTTP: proposals, generations, undo and redo, conflicts."""

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


@pytest.fixture
def project(api: httpx.Client) -> dict[str, Any]:
    """A new project with code."""
    created = api.post("/api/v1/projects", json={"prompt": "A simple todo API"}).json()
    assert end_of(api, created["job"]["id"]) == "succeeded"
    facts: dict[str, Any] = created["project"]
    return facts | {"path": f"/api/v1/projects/{facts['id']}"}


def end_of(api: httpx.Client, job: str) -> str:
    return [event.type for event in follow(api, f"/api/v1/jobs/{job}/events")][-1]


def generate(api: httpx.Client, project: dict[str, Any]) -> dict[str, Any]:
    """Generate; gives the job's result."""
    body = {"kind": "generate", "project": project["id"], "allow_drop": True}
    job = api.post("/api/v1/jobs", json=body).json()["id"]
    assert end_of(api, job) == "succeeded"
    result: dict[str, Any] = api.get(f"/api/v1/jobs/{job}").json()["result"]
    return result


def gone(api: httpx.Client, path: str, *, end: str = "succeeded") -> dict[str, Any]:
    """Go back or forth; gives the job's result, or its last event where that is not a success."""
    started = api.post(path)
    assert started.status_code == 202, started.text
    events = list(follow(api, f"/api/v1/jobs/{started.json()['id']}/events"))
    assert events[-1].type == end, events[-1]
    job = api.get(f"/api/v1/jobs/{started.json()['id']}").json()
    assert job["kind"] == "restore"
    found: dict[str, Any] = job["result"] or events[-1].data["event"]
    return found


def propose(api: httpx.Client, project: dict[str, Any], prompt: str) -> dict[str, Any]:
    """What a prompt would make of the project."""
    base = api.get(f"{project['path']}/blueprint").json()["digest"]
    answer = api.post(
        f"{project['path']}/blueprint/proposals/prompt", json={"prompt": prompt, "base": base}
    )
    assert answer.status_code == 200, answer.text
    proposal: dict[str, Any] = answer.json()
    return proposal


def accept(api: httpx.Client, project: dict[str, Any], proposal: dict[str, Any]) -> dict[str, Any]:
    """Put what was proposed, and generate."""
    put = {"text": proposal["text"], "base": proposal["base"]}
    assert api.put(f"{project['path']}/blueprint", json=put).status_code == 200
    return generate(api, project)


def test_a_proposal_says_all_and_writes_nothing(api: httpx.Client, project: dict[str, Any]) -> None:
    before = api.get(f"{project['path']}/blueprint").json()
    proposal = propose(api, project, "Add a priority to todos.")
    assert "priority" in proposal["text"]
    assert proposal["edits"]
    assert any("priority" in change for change in proposal["changes"])
    assert "ADD COLUMN" in proposal["migration_up"]
    assert proposal["files"]
    assert proposal["new_checks"]
    assert api.get(f"{project['path']}/blueprint").json() == before
    old = api.post(
        f"{project['path']}/blueprint/proposals/prompt", json={"prompt": "x", "base": "0" * 64}
    )
    assert old.json()["code"] == "changed-meanwhile"


def test_undo_and_redo_of_a_generation(api: httpx.Client, project: dict[str, Any]) -> None:
    path = project["path"]
    first = api.get(f"{path}/versions").json()["versions"][0]
    assert first["cause"] == "prompt"
    result = accept(api, project, propose(api, project, "Add a priority to todos."))
    assert result["version"]
    comparison = api.get(f"{path}/versions/{result['version']}/comparison").json()
    assert comparison["migration"]
    undone = gone(api, f"{path}/versions/undo")
    assert (undone["cause"], undone["can_redo"], undone["restores"]) == ("undo", True, first["id"])
    assert api.get(f"{path}/versions").json()["versions"][0]["id"] == undone["version"]
    assert "priority" not in api.get(f"{path}/blueprint").json()["text"]
    gone(api, f"{path}/versions/redo")
    assert "priority" in api.get(f"{path}/blueprint").json()["text"]
    restored = gone(api, f"{path}/versions/{first['id']}/restore")
    assert restored["cause"] == "restore"
    assert "priority" not in api.get(f"{path}/blueprint").json()["text"]
    named = api.patch(f"{path}/versions/{first['id']}", json={"name": "the start"}).json()
    assert named["name"] == "the start"
    page = api.get(f"{path}/versions", params={"limit": 2}).json()
    assert len(page["versions"]) == 2
    rest = api.get(f"{path}/versions", params={"start": page["next"], "limit": 200}).json()
    assert rest["versions"][-1]["id"] == first["id"]


def test_what_cannot_be_gone_to(api: httpx.Client, project: dict[str, Any]) -> None:
    path = project["path"]
    for step in ("undo", "redo"):
        refused = gone(api, f"{path}/versions/{step}", end="failed")
        assert refused["code"] == "nothing-to-undo"
    for unknown in (f"versions/{'0' * 40}", f"snapshots/{'0' * 16}"):
        assert api.post(f"{path}/{unknown}/restore").status_code == 404
    wrong: list[dict[str, Any]] = [{"to": "undo", "id": "0" * 40}, {"to": "version"}]
    wrong += [{"to": "version", "id": "0" * 16}, {"to": "away"}, {"to": "snapshot", "id": "x"}]
    for body in wrong:
        answer = api.post(
            "/api/v1/jobs", json={"kind": "restore", "project": project["id"], **body}
        )
        assert answer.status_code == 422, body


def test_a_conflict_waits_for_its_decision(api: httpx.Client, project: dict[str, Any]) -> None:
    path = project["path"]
    schemas = next(Path(project["folder"]).glob("app/todos/schemas.py"))
    mine = schemas.read_text("utf-8").replace("    title: ", "    title: MyOwn", 1)
    schemas.write_text(mine, "utf-8")
    text = api.get(f"{path}/blueprint").json()
    changed = text["text"].replace("title:", "heading:", 1)
    assert changed != text["text"]
    put = api.put(f"{path}/blueprint", json={"text": changed, "base": text["digest"]})
    assert put.status_code == 200, put.text
    result = generate(api, project)
    assert result["version"] is None
    conflicts = api.get(f"{path}/conflicts").json()["conflicts"]
    assert [one["path"] for one in conflicts] == result["conflicts"] != []
    assert schemas.read_text("utf-8") == mine
    for conflict in conflicts:
        decision = {"path": conflict["path"], "take": "theirs"}
        settled = api.post(f"{path}/conflicts/decision", json=decision).json()
    assert settled["version"]
    assert settled["open"] == []
    assert api.get(f"{path}/conflicts").json()["conflicts"] == []
    assert api.delete(f"{path}/conflicts").status_code == 409
