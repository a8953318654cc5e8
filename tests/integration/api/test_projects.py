"""Projects over HTTP, from a prompt to a deleted folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow
from killing import alive

PROJECTS = "/api/v1/projects"
BLUEPRINT = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}  # mine\n"


@pytest.fixture(scope="module")
def own() -> Iterator[EngineProcess]:
    with new_home() as home, running_engine(home) as running:
        yield running


@pytest.fixture(scope="module")
def api(own: EngineProcess) -> httpx.Client:
    return own.client


@pytest.fixture(scope="module")
def todo(api: httpx.Client) -> dict[str, Any]:
    """A project with code."""
    return create(api, prompt="A simple todo API")


def create(api: httpx.Client, **new: Any) -> dict[str, Any]:
    """Make a project and wait for its code."""
    answer = api.post(PROJECTS, json=new)
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert end_of(api, created["job"]["id"]) == "succeeded"
    project: dict[str, Any] = created["project"]
    return project


def end_of(api: httpx.Client, job: str) -> str:
    return [event.type for event in follow(api, f"/api/v1/jobs/{job}/events")][-1]


def test_a_prompt_becomes_a_project_with_code(todo: dict[str, Any], api: httpx.Client) -> None:
    folder = Path(todo["folder"])
    assert (folder / "app" / "main.py").is_file()
    assert (folder / ".git").is_dir()
    facts = api.get(f"{PROJECTS}/{todo['id']}").json()
    assert facts["made"]
    assert todo["id"] in [one["id"] for one in api.get(PROJECTS).json()["projects"]]


def test_a_blueprint_becomes_a_project_and_keeps_its_comments(api: httpx.Client) -> None:
    project = create(api, blueprint=BLUEPRINT, name="My notes", tags=["x", "y"])
    assert (project["name"], project["tags"]) == ("My notes", ["x", "y"])
    path = f"{PROJECTS}/{project['id']}/blueprint"
    assert api.get(path).json()["text"] == BLUEPRINT
    document = api.get(f"{path}/document").json()
    changed = document["document"]
    changed["entities"]["Note"]["fields"]["done"] = {"type": "boolean", "default": False}
    put = api.put(f"{path}/document", json={"document": changed, "base": document["digest"]})
    assert put.status_code == 200, put.text
    assert "# mine" in put.json()["text"]
    assert "done" in put.json()["text"]


def test_a_prompt_that_says_nothing_makes_nothing(api: httpx.Client) -> None:
    before = len(api.get(PROJECTS).json()["projects"])
    answer = api.post(PROJECTS, json={"prompt": "?????"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not-understood")
    assert len(api.get(PROJECTS).json()["projects"]) == before


def test_a_blueprint_with_problems_is_refused_with_their_lines(api: httpx.Client) -> None:
    wrong = BLUEPRINT.replace("string", "strng")
    answer = api.post(PROJECTS, json={"blueprint": wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-blueprint")
    errors = answer.json()["errors"]
    assert (5, "string") in [(one["line"], one["suggestion"]) for one in errors]


def test_a_changed_blueprint_is_generated(api: httpx.Client) -> None:
    project = create(api, blueprint=BLUEPRINT)
    path = f"{PROJECTS}/{project['id']}/blueprint"
    before = api.get(path).json()
    text = before["text"].replace("{text: string}", "{text: string, stars: integer}")
    put = api.put(path, json={"text": text, "base": before["digest"]})
    assert put.status_code == 200
    again = api.put(path, json={"text": text + "\n", "base": before["digest"]})
    assert (again.status_code, again.json()["code"]) == (412, "changed-meanwhile")
    wrong = api.put(path, json={"text": "blueprint: 1\n", "base": put.json()["digest"]})
    assert wrong.status_code == 422
    assert api.get(path).json()["text"] == text
    job = api.post("/api/v1/jobs", json={"kind": "generate", "project": project["id"]}).json()
    assert end_of(api, job["id"]) == "succeeded"
    result = api.get(f"/api/v1/jobs/{job['id']}").json()["result"]
    assert result["migration"]
    assert result["version"]


def test_files_are_read_and_written_inside_of_the_project(
    todo: dict[str, Any], api: httpx.Client
) -> None:
    files = f"{PROJECTS}/{todo['id']}/files"
    names = [entry["name"] for entry in api.get(files).json()["entries"]]
    assert "app" in names
    assert ".git" not in names
    read = api.get(f"{files}/content", params={"path": "app/main.py"}).json()
    changed = {"text": read["text"] + "# mine\n", "base": read["digest"]}
    put = api.put(f"{files}/content", params={"path": "app/main.py"}, json=changed)
    assert put.status_code == 200
    assert (Path(todo["folder"]) / "app" / "main.py").read_text().endswith("# mine\n")
    again = api.put(f"{files}/content", params={"path": "app/main.py"}, json=changed)
    assert again.status_code == 412
    for path in ("../outside", "/etc/passwd", ".git/config", "a:b", "C:\\x", "a\0b"):
        for answer in (
            api.get(f"{files}/content", params={"path": path}),
            api.put(f"{files}/content", params={"path": path}, json={"text": "x"}),
            api.get(files, params={"path": path}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "path-refused"), path
    missing = api.get(f"{files}/content", params={"path": "app/nothing.py"})
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-file")


def test_large_and_binary_files(todo: dict[str, Any], api: httpx.Client) -> None:
    files = f"{PROJECTS}/{todo['id']}/files/content"
    folder = Path(todo["folder"])
    (folder / "image.bin").write_bytes(bytes(range(256)))
    assert api.get(files, params={"path": "image.bin"}).json()["text"] is None
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(1024**3)
    assert api.get(files, params={"path": "huge.bin"}).status_code == 413
    (folder / "huge.bin").unlink()


def test_a_project_runs_logs_and_stops(todo: dict[str, Any], api: httpx.Client) -> None:
    path = f"{PROJECTS}/{todo['id']}/preview"
    assert api.get(path).json()["status"] == "stopped"
    job = api.post(path).json()["id"]
    assert end_of(api, job) == "succeeded"
    facts = api.get(path).json()
    assert facts["status"] == "running"
    assert httpx.get(f"{facts['url']}/health", trust_env=False).status_code == 200
    assert api.get(f"{path}/logs").json()["lines"]
    with api.stream("GET", f"{path}/logs/stream") as stream:
        httpx.get(f"{facts['url']}/openapi.json", trust_env=False)
        line = next(line for line in stream.iter_lines() if line.startswith("data:"))
    assert "/openapi.json" in line
    deletion = api.post(f"{PROJECTS}/{todo['id']}/deletion").json()["confirmation"]
    answer = api.delete(f"{PROJECTS}/{todo['id']}", params={"confirmation": deletion})
    assert (answer.status_code, answer.json()["code"]) == (409, "running")
    assert api.delete(path).json()["status"] == "stopped"
    assert not alive(facts["pid"])


def test_reports_are_listed_and_read(todo: dict[str, Any], api: httpx.Client) -> None:
    body = {"kind": "verify", "project": todo["id"], "groups": ["boot"]}
    job = api.post("/api/v1/jobs", json=body).json()["id"]
    assert end_of(api, job) == "succeeded"
    (report,) = api.get(f"{PROJECTS}/{todo['id']}/reports").json()["reports"]
    assert (report["job"], report["result"]["verdict"]) == (job, "passed")
    assert api.get(f"/api/v1/reports/{job}").json()["verdict"] == "passed"
    assert "<html" in api.get(f"/api/v1/reports/{job}/html").text
    assert "<testsuites" in api.get(f"/api/v1/reports/{job}/junit").text


def test_deleting_asks_first_and_loses_nothing(api: httpx.Client) -> None:
    project = create(api, blueprint=BLUEPRINT)
    path = f"{PROJECTS}/{project['id']}"
    assert api.delete(path).status_code == 409
    deletion = api.post(f"{path}/deletion").json()
    assert deletion["files"] > 10
    assert api.delete(path, params={"confirmation": "x" * 22}).status_code == 409
    deletion = api.post(f"{path}/deletion").json()
    answer = api.delete(path, params={"confirmation": deletion["confirmation"]})
    assert answer.status_code == 204
    assert api.get(path).status_code == 404
    assert not Path(project["folder"]).exists()
    assert list(Path(deletion["trash"]).glob("*/blueprint.yaml"))


def test_a_folder_that_was_moved_is_opened_where_it_is(
    api: httpx.Client, own: EngineProcess
) -> None:
    project = create(api, blueprint=BLUEPRINT)
    place = Path(project["folder"])
    moved = place.with_name("moved away")
    place.rename(moved)
    facts = api.get(f"{PROJECTS}/{project['id']}").json()
    assert not facts["present"]
    answer = api.get(f"{PROJECTS}/{project['id']}/blueprint")
    assert (answer.status_code, answer.json()["code"]) == (404, "folder-gone")
    opened = api.post(f"{PROJECTS}/open", json={"folder": str(moved)})
    assert opened.status_code == 200
    assert opened.json()["made"]
    assert api.post(f"{PROJECTS}/open", json={"folder": str(own.ready)}).status_code == 422


def test_a_lost_list_is_made_again_from_the_folders() -> None:
    with new_home() as home:
        with running_engine(home) as engine:
            made = create(engine.client, blueprint=BLUEPRINT)
        for file in home.glob("catalogue.sqlite3*"):
            file.unlink()
        with running_engine(home) as engine:
            (found,) = engine.client.get(PROJECTS).json()["projects"]
            assert found["folder"] == made["folder"]
        (home / "catalogue.sqlite3").write_bytes(b"no database" * 500)
        with running_engine(home) as engine:
            (found,) = engine.client.get(PROJECTS).json()["projects"]
            assert found["folder"] == made["folder"]


def test_a_new_project_is_not_taken_for_one_that_is_gone() -> None:
    with new_home() as home, running_engine(home) as engine:
        gone = create(engine.client, blueprint=BLUEPRINT, name="Mine", tags=["t"])
        shutil.rmtree(gone["folder"])
        project = create(engine.client, blueprint=BLUEPRINT)
        assert project["folder"] == gone["folder"]
        assert project["id"] != gone["id"]
        assert (project["name"], project["tags"]) == ("Notes", [])
        (listed,) = engine.client.get(PROJECTS).json()["projects"]
        assert listed["id"] == project["id"]
