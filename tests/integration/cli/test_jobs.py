"""What commands do is among the engine's jobs: seen, followed, called off, marked when killed."""

from __future__ import annotations

import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import run, run_json
from engine_process import EngineProcess, running_engine
from event_stream import follow
from interrupting import Command, processes_of
from killing import eventually

from local_engine.generator.blueprint import load
from local_engine.projects import Project

TODO = (Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml").read_text()
JOBS = "/api/v1/jobs"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a todo project and an empty data folder, both open to other accounts."""
    with tempfile.TemporaryDirectory(prefix="jobs-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        yield place


@pytest.fixture
def todo(place: Path) -> Path:
    return Project.create(place / "todo", load(TODO)).folder


def rows(place: Path, query: str) -> list[Any]:
    """What the table of jobs holds, read by SQLite itself."""
    connection = sqlite3.connect(place / "home/jobs.sqlite3")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def status(place: Path) -> list[tuple[str, str]]:
    return rows(place, "SELECT kind, status FROM jobs ORDER BY number")


def last_event(place: Path) -> str:
    ((event,),) = rows(place, "SELECT event FROM events ORDER BY id DESC LIMIT 1")
    return str(event)


def test_what_commands_did_is_seen_by_an_engine_that_starts_later(place: Path) -> None:
    made = run_json("create", "A todo app", "--output", "made", cwd=place)
    verified = run_json("verify", "made", "--groups", "boot", cwd=place)
    run("export", "made", "--as", "svg", "-o", "er.svg", cwd=place)
    (place / "made/blueprint.yaml").write_text("blueprint: 1\nname: X\n")
    run("generate", "made", cwd=place, code=1)  # its Blueprint is wrong: no job
    with running_engine(place / "home") as engine:
        jobs = engine.client.get(JOBS).json()["jobs"]
        assert [job["kind"] for job in jobs] == ["export", "verify", "generate"]
        assert {job["started_by"] for job in jobs} == {"command"}
        assert {job["status"] for job in jobs} == {"succeeded"}
        (project,) = engine.client.get("/api/v1/projects").json()["projects"]
        assert {job["project"] for job in jobs} == {project["id"]}
        assert project["folder"] == made["project"]
        assert jobs[1]["result"]["counts"] == verified["counts"]
        assert all(job["request"] and job["result"] for job in jobs)
        report = engine.client.get(f"/api/v1/reports/{jobs[1]['id']}").json()
        assert report["verdict"] == verified["verdict"]
        types = [event.type for event in follow(engine.client, f"{JOBS}/{jobs[1]['id']}/events")]
    assert types[:2] == ["queued", "started"]
    assert types.count("check_ended") == sum(verified["counts"].values())
    assert types[-1] == "succeeded"


def running_job(engine: EngineProcess) -> dict[str, Any]:
    """The one job that runs, once there is one."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        jobs = engine.client.get(JOBS).json()["jobs"]
        found[:] = [job for job in jobs if job["status"] == "running"]
        return bool(found)

    assert eventually(look, 60)
    return found[0]


def test_a_window_follows_a_command_and_calls_it_off(place: Path, todo: Path) -> None:
    with running_engine(place / "home") as engine:
        command = Command("verify", str(todo), folder=place, home=place / "home", terminal=False)
        job = running_job(engine)
        heard = []
        for event in follow(engine.client, f"{JOBS}/{job['id']}/events"):
            heard.append(event)
            if event.type == "check_ended" and job["status"] == "running":
                engine.client.post(f"{JOBS}/{job['id']}/cancel")
                job["status"] = "cancelling"
        ended = command.end()
        stored = engine.client.get(f"{JOBS}/{job['id']}/history").json()["events"]
    assert heard[-1].type == "cancelled"
    assert [event.data for event in heard] == stored
    assert ended.code == 128 + signal.SIGINT
    assert "Stopped" in ended.text
    assert "failed" not in ended.text
    assert eventually(lambda: not processes_of(place / "home"), 5)


def test_one_whose_interruptions_are_ignored_is_called_off_too(place: Path, todo: Path) -> None:
    """As `nohup` and a shell's `&` in a script start them."""
    with running_engine(place / "home") as engine:
        command = Command(
            "verify", str(todo), folder=place, home=place / "home", terminal=False, heeding=False
        )
        job = running_job(engine)
        engine.client.post(f"{JOBS}/{job['id']}/cancel")
        ended = command.end()
        assert engine.client.get(f"{JOBS}/{job['id']}").json()["status"] == "cancelled"
    assert ended.code == 128 + signal.SIGTERM


def test_a_project_with_a_commands_job_is_busy(place: Path, todo: Path) -> None:
    with running_engine(place / "home") as engine:
        command = Command("verify", str(todo), folder=place, home=place / "home", terminal=False)
        verify = running_job(engine)
        path = f"/api/v1/projects/{verify['project']}"
        assert engine.client.get(path).json()["busy"]
        word = engine.client.post(f"{path}/deletion").json()["confirmation"]
        answer = engine.client.delete(path, params={"confirmation": word})
        assert answer.json()["code"] == "busy"
        request = {"kind": "generate", "project": verify["project"]}
        waiting = engine.client.post(JOBS, json=request).json()
        assert waiting["status"] == "queued"
        assert engine.client.get(f"{JOBS}/{waiting['id']}").json()["status"] == "queued"
        command.interrupt()
        assert command.end().code == 128 + signal.SIGINT
        events = [event.type for event in follow(engine.client, f"{JOBS}/{waiting['id']}/events")]
        assert events[-1] == "succeeded"
        assert engine.client.get(f"{JOBS}/{verify['id']}").json()["status"] == "cancelled"


def test_one_that_is_killed_is_marked_at_once_where_an_engine_runs(place: Path, todo: Path) -> None:
    with running_engine(place / "home") as engine:
        command = Command("verify", str(todo), folder=place, home=place / "home", terminal=False)
        job = running_job(engine)
        command.send(signal.SIGKILL)
        *_, last = follow(engine.client, f"{JOBS}/{job['id']}/events")
        assert last.data["event"] == {
            "type": "interrupted",
            "reason": "the command ended without warning",
        }
        command.end()
    assert eventually(lambda: not processes_of(place / "home"), 30)


def test_without_an_engine_the_next_command_marks_it(place: Path, todo: Path) -> None:
    command = Command("verify", str(todo), folder=place, home=place / "home", terminal=False)
    command.wait_for(lambda: (place / "home/verification-1.in-use").exists())
    assert status(place) == [("verify", "running")]
    command.send(signal.SIGKILL)
    command.end()
    run("export", "todo", "--as", "schema", "-o", "s.json", cwd=place)
    assert status(place) == [("verify", "interrupted"), ("export", "succeeded")]
    assert list((place / "home/runners").iterdir()) == []
    assert eventually(lambda: not processes_of(place / "home"), 30)


def test_a_signal_says_why(place: Path, todo: Path) -> None:
    command = Command("verify", str(todo), folder=place, home=place / "home", terminal=False)
    command.wait_for(lambda: (place / "home/verification-1.in-use").exists())
    command.send(signal.SIGTERM)
    assert command.end().code == 128 + signal.SIGTERM
    assert status(place) == [("verify", "interrupted")]
    assert "SIGTERM" in last_event(place)


def test_a_command_that_refuses_fails_its_job(place: Path, todo: Path) -> None:
    (todo / "app/main.py").unlink()
    blueprint = todo / "blueprint.yaml"
    blueprint.write_text(blueprint.read_text().replace("  done:", "  finished:"))
    result = run("generate", "todo", cwd=place, code=1)
    assert "--allow-drop" in result.stderr
    assert status(place) == [("generate", "failed")]
    assert "data-would-go" in last_event(place)


def test_without_a_place_for_jobs_the_work_is_done_all_the_same(place: Path) -> None:
    (place / "home/jobs.sqlite3").mkdir()
    result = run("create", "A todo app", "--output", "made", cwd=place)
    assert "not among the jobs" in result.stdout
    assert (place / "made/app/main.py").is_file()


def test_a_project_that_could_not_be_made_is_not_on_the_list(place: Path) -> None:
    (place / "made").mkdir()
    (place / "made/blueprint.yaml").write_text("other\n")
    (place / "todo.yaml").write_text(TODO)
    run("generate", "todo.yaml", "--output", "made", cwd=place, code=2)
    with running_engine(place / "home") as engine:
        assert engine.client.get("/api/v1/projects").json()["projects"] == []
    assert status(place) == [("generate", "failed")]
