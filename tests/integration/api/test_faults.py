"""What befalls projects and the data folder while an engine runs: everything stays clear."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow

PROJECTS = "/api/v1/projects"
JOBS = "/api/v1/jobs"
NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"


@pytest.fixture
def own() -> Iterator[EngineProcess]:
    with new_home() as home, running_engine(home) as running:
        yield running


def create(api: httpx.Client, blueprint: str = NOTES) -> dict[str, Any]:
    """Make a project and wait for its code."""
    created = api.post(PROJECTS, json={"blueprint": blueprint}).json()
    assert end_of(api, created["job"]["id"])["status"] == "succeeded"
    project: dict[str, Any] = created["project"]
    return project


def start(api: httpx.Client, kind: str, project: dict[str, Any], **more: Any) -> str:
    """Start a job of a project; gives its id."""
    answer = api.post(JOBS, json={"kind": kind, "project": project["id"], **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def end_of(api: httpx.Client, job: str) -> dict[str, Any]:
    """The job once it has ended, with its last event."""
    last = list(follow(api, f"{JOBS}/{job}/events"))[-1]
    facts: dict[str, Any] = api.get(f"{JOBS}/{job}").json()
    return facts | {"last": last.data["event"]}


def wait_for_stage(api: httpx.Client, job: str) -> None:
    """Return once a job is in the middle of its work."""
    for event in follow(api, f"{JOBS}/{job}/events"):
        if event.type == "stage_began":
            return
    raise AssertionError("the job ended before it began")


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """A refusal's status and code, once it was found to be problem details."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def test_a_folder_that_is_deleted_while_a_job_works_in_it(own: EngineProcess) -> None:
    api = own.client
    project, other = create(api), create(api)
    job = start(api, "verify", project, groups=["boot", "contract"])
    wait_for_stage(api, job)
    shutil.rmtree(project["folder"])
    ended = end_of(api, job)
    assert ended["status"] == "failed", ended
    assert ended["last"]["code"] != "engine-error", ended
    facts = api.get(f"{PROJECTS}/{project['id']}").json()
    assert (facts["present"], facts["busy"]) == (False, False)
    path = f"{PROJECTS}/{project['id']}"
    for name in ("blueprint", "versions", "files", "snapshots", "conflicts", "preview"):
        assert code_of(api.get(f"{path}/{name}")) == (404, "folder-gone"), name
    refused = api.post(JOBS, json={"kind": "generate", "project": project["id"]})
    assert code_of(refused) == (404, "folder-gone")
    assert not Path(project["folder"]).exists()
    assert end_of(api, start(api, "generate", other))["status"] == "succeeded"
    word = api.post(f"{path}/deletion").json()["confirmation"]
    assert api.delete(path, params={"confirmation": word}).status_code == 204
    assert [one["id"] for one in api.get(PROJECTS).json()["projects"]] == [other["id"]]


def test_a_folder_that_is_moved_while_a_job_works_in_it_and_back(own: EngineProcess) -> None:
    api = own.client
    project = create(api)
    place = Path(project["folder"])
    job = start(api, "verify", project, groups=["boot"])
    wait_for_stage(api, job)
    moved = place.rename(place.with_name("elsewhere"))
    ended = end_of(api, job)
    assert ended["last"].get("code") != "engine-error", ended
    assert not place.exists(), "nothing makes a folder anew that somebody has moved"
    moved.rename(place)
    facts = api.get(f"{PROJECTS}/{project['id']}").json()
    assert (facts["present"], facts["made"]) == (True, True)
    assert len(api.get(f"{PROJECTS}/{project['id']}/versions").json()["versions"]) == 1
    ended = end_of(api, start(api, "verify", project, groups=["boot"]))
    assert (ended["result"] or ended["last"])["verdict"] == "passed", ended
    assert end_of(api, start(api, "generate", project))["status"] == "succeeded"


def texts(api: httpx.Client, project: dict[str, Any], new: str | None = None) -> list[str]:
    """The notes that a project has when it runs, after adding one."""
    path = f"{PROJECTS}/{project['id']}/preview"
    assert end_of(api, api.post(path).json()["id"])["status"] == "succeeded"
    url = api.get(path).json()["url"]
    if new is not None:
        httpx.post(f"{url}/notes", json={"text": new}, trust_env=False).raise_for_status()
    found = httpx.get(f"{url}/notes", trust_env=False).json()["items"]
    assert api.delete(path).status_code == 200
    return sorted(note["text"] for note in found)


def test_data_goes_along_with_a_folder_that_is_moved_and_not_with_a_copy(
    own: EngineProcess,
) -> None:
    api = own.client
    project = create(api, NOTES + "    access: {list: public, read: public, create: public}\n")
    assert texts(api, project, "one") == ["one"]
    place = Path(project["folder"])
    moved = place.rename(place.with_name("other name"))
    opened = api.post(f"{PROJECTS}/open", json={"folder": str(moved)}).json()
    assert opened["id"] == project["id"]
    assert texts(api, opened) == ["one"]
    copy = shutil.copytree(moved, place)
    also = api.post(f"{PROJECTS}/open", json={"folder": str(copy)}).json()
    assert also["id"] != project["id"]
    assert texts(api, also, "two") == ["two"]
    assert texts(api, opened) == ["one"]


def test_a_blueprint_that_is_no_utf_8(own: EngineProcess) -> None:
    api = own.client
    project = create(api)
    path = f"{PROJECTS}/{project['id']}"
    file = Path(project["folder"], "blueprint.yaml")
    digest = api.get(f"{path}/blueprint").json()["digest"]
    file.write_bytes(b"\xff\xfe\x00" + file.read_bytes())
    for name in ("blueprint", "blueprint/document"):
        assert code_of(api.get(f"{path}/{name}")) == (409, "not-utf-8"), name
    put = api.put(f"{path}/blueprint", json={"text": NOTES, "base": digest})
    assert code_of(put) == (409, "not-utf-8")
    proposed = {"prompt": "Add stars to notes.", "base": digest}
    answer = api.post(f"{path}/blueprint/proposals/prompt", json=proposed)
    assert code_of(answer) == (409, "not-utf-8")
    for kind, more in (("generate", {}), ("verify", {}), ("export", {"form": "svg"})):
        ended = end_of(api, start(api, kind, project, **more))
        assert (ended["last"]["type"], ended["last"]["code"]) == ("failed", "invalid-blueprint")
        assert [one["code"] for one in ended["last"]["problems"]] == ["not-utf-8"], kind
    content = api.get(f"{path}/files/content", params={"path": "blueprint.yaml"}).json()
    assert content["text"] is None
    mended = {"text": NOTES, "base": content["digest"]}
    answer = api.put(f"{path}/files/content", params={"path": "blueprint.yaml"}, json=mended)
    assert answer.status_code == 200, answer.text
    assert end_of(api, start(api, "generate", project))["status"] == "succeeded"


def test_a_blueprint_that_is_a_folder_or_may_not_be_read(own: EngineProcess) -> None:
    api = own.client
    project = create(api)
    file = Path(project["folder"], "blueprint.yaml")
    file.unlink()
    file.mkdir()
    assert code_of(api.get(f"{PROJECTS}/{project['id']}/blueprint")) == (409, "unreadable")
    ended = end_of(api, start(api, "generate", project))
    assert ended["last"]["code"] == "no-blueprint"


def test_huge_files_are_told_and_stay(own: EngineProcess) -> None:
    api = own.client
    project = create(api)
    path, folder = f"{PROJECTS}/{project['id']}", Path(project["folder"])
    for name in ("huge.bin", "app/huge.py"):
        with (folder / name).open("wb") as file:
            file.truncate(1024**3)
    job = start(api, "generate", project)
    told = [one for one in follow(api, f"{JOBS}/{job}/events") if one.type == "not_in_history"]
    reasons = told[0].data["event"]["reasons"]
    assert reasons == dict.fromkeys(("app/huge.py", "huge.bin"), "is larger than 20 MB")
    ended = end_of(api, start(api, "export", project, form="zip", git=True))
    assert ended["result"]["left_out"] == reasons
    assert ended["result"]["bytes"] < 5_000_000
    sizes = {one["name"]: one["size"] for one in api.get(f"{path}/files").json()["entries"]}
    assert sizes["huge.bin"] == 1024**3
    assert (folder / "app/huge.py").stat().st_size == 1024**3


def test_a_huge_blueprint_is_refused_unread(own: EngineProcess) -> None:
    api = own.client
    project = create(api)
    with Path(project["folder"], "blueprint.yaml").open("ab") as file:
        file.truncate(1024**3)
    answer = api.get(f"{PROJECTS}/{project['id']}/blueprint")
    assert code_of(answer) == (413, "too-large")
    ended = end_of(api, start(api, "generate", project))
    assert [one["code"] for one in ended["last"]["problems"]] == ["too-large"]


@pytest.mark.full
def test_two_engines_of_two_data_folders_have_the_same_project(own: EngineProcess) -> None:
    first = own.client
    project = create(first)
    with new_home("other") as home, running_engine(home) as other:
        second = other.client
        answer = second.post(f"{PROJECTS}/open", json={"folder": project["folder"]})
        assert answer.status_code == 200, answer.text
        also = answer.json()
        text = first.get(f"{PROJECTS}/{project['id']}/blueprint").json()
        stars = text["text"].replace("{text: string}", "{text: string, stars: integer}")
        put = {"text": stars, "base": text["digest"]}
        path = f"{PROJECTS}/{also['id']}/blueprint"
        assert second.put(path, json=put).status_code == 200
        again = first.put(f"{PROJECTS}/{project['id']}/blueprint", json=put)
        assert code_of(again) == (412, "changed-meanwhile")
        jobs = [start(first, "generate", project), start(second, "generate", also)]
        ended = [end_of(first, jobs[0]), end_of(second, jobs[1])]
        assert [one["status"] for one in ended] == ["succeeded", "succeeded"]
        made = [one["result"]["version"] for one in ended]
        assert made.count(None) == 1, "one of the two generates, the other has nothing to do"
        histories = [
            api.get(f"{PROJECTS}/{id_}/versions").json()["versions"]
            for api, id_ in ((first, project["id"]), (second, also["id"]))
        ]
        assert histories[0] == histories[1]
        assert len(histories[0]) == 2
        undo = first.post(f"{PROJECTS}/{project['id']}/versions/undo").json()["id"]
        assert end_of(first, undo)["status"] == "succeeded"
        undone = second.get(f"{PROJECTS}/{also['id']}/versions").json()["versions"][0]
        assert undone["cause"] == "undo"
        runs = [start(first, "preview", project), start(second, "preview", also)]
        assert [end_of(first, runs[0])["status"], end_of(second, runs[1])["status"]] == [
            "succeeded",
            "succeeded",
        ]
        addresses = {
            api.get(f"{PROJECTS}/{id_}/preview").json()["url"]
            for api, id_ in ((first, project["id"]), (second, also["id"]))
        }
        assert len(addresses) == 2, "each data folder has databases and services of its own"
        for url in addresses:
            assert httpx.get(f"{url}/health", trust_env=False).status_code == 200


def overwrite(file: Path) -> None:
    """Write nonsense over the pages of a database, as a failing disk does."""
    size = file.stat().st_size
    with file.open("r+b") as pages:
        pages.write(b"nonsense" * (size // 8))
    for suffix in ("-wal", "-shm"):
        log = file.with_name(file.name + suffix)
        if log.exists():
            with log.open("r+b") as pages:
                pages.write(b"nonsense" * (log.stat().st_size // 8))


@pytest.mark.parametrize("name", ["catalogue.sqlite3", "jobs.sqlite3", "data-changes.sqlite3"])
def test_a_table_that_is_damaged_while_the_engine_runs(name: str) -> None:
    with new_home() as home:
        with running_engine(home) as engine:
            api = engine.client
            project = create(api)
            path = f"{PROJECTS}/{project['id']}"
            assert api.get(f"{path}/data/changes").json() == {"changes": []}
            overwrite(home / name)
            for address in (PROJECTS, path, JOBS, f"{path}/data/changes", f"{path}/versions"):
                answer = api.get(address)
                if answer.status_code >= 400:
                    assert code_of(answer) == (503, "table-damaged"), address
            answer = api.post(JOBS, json={"kind": "generate", "project": project["id"]})
            assert answer.status_code == 202 or code_of(answer) == (503, "table-damaged")
            assert api.get("/health").status_code == 200
            assert [one.name for one in (home / "crashes").glob("*")] == ["fatal.txt"]
        with running_engine(home) as engine:
            (found,) = engine.client.get(PROJECTS).json()["projects"]
            assert found["folder"] == project["folder"]
            job = start(engine.client, "generate", found)
            assert end_of(engine.client, job)["status"] == "succeeded"
            if name != "data-changes.sqlite3":
                assert list(home.glob(f"{name}.damaged-*")), "what was damaged is kept aside"
