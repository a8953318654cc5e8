"""A clock that is set back and forward while the engine works: order and life times hold.

The engine is a real process with another source of the time (tests/support/jumping_clock).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_process import EngineProcess, new_home, running_engine
from event_stream import follow

ROOT = Path(__file__).parents[2]
CLOCK = ROOT / "tests/support/jumping_clock"
PROJECTS = "/api/v1/projects"
JOBS = "/api/v1/jobs"
NOTES = "blueprint: 1\nname: Notes\nentities:\n  Note:\n    fields: {text: string}\n"
DAY = 24 * 3600
YEAR = 365 * DAY


class Moved:
    """An engine, and the clock that it sees."""

    def __init__(self, engine: EngineProcess, clock: Path) -> None:
        self.engine = engine
        self.api = engine.client
        self._clock = clock

    def by(self, seconds: int) -> None:
        """Let the clock show the true time and so many seconds."""
        beside = self._clock.with_name("beside")
        beside.write_text(str(seconds))
        beside.replace(self._clock)

    def create(self) -> str:
        """A project with code; gives the address of it."""
        created = self.api.post(PROJECTS, json={"blueprint": NOTES}).json()
        self.end_of(created["job"]["id"])
        return f"{PROJECTS}/{created['project']['id']}"

    def end_of(self, job: str) -> None:
        assert [one.type for one in follow(self.api, f"{JOBS}/{job}/events")][-1] == "succeeded"

    def gone(self, address: str) -> str:
        """Go back or forth; gives the version that came back."""
        job = self.api.post(address).json()["id"]
        self.end_of(job)
        return str(self.api.get(f"{JOBS}/{job}").json()["result"]["restores"])

    def stars(self, project: str, number: int) -> str:
        """Put another Blueprint and generate; gives the version."""
        text = self.api.get(f"{project}/blueprint").json()
        new = NOTES.replace("string}", f"string, stars: {{type: integer, max: {number}}}}}")
        put = self.api.put(f"{project}/blueprint", json={"text": new, "base": text["digest"]})
        assert put.status_code == 200, put.text
        body = {"kind": "generate", "project": project.rpartition("/")[2], "allow_drop": True}
        job = self.api.post(JOBS, json=body).json()["id"]
        self.end_of(job)
        return str(self.api.get(f"{JOBS}/{job}").json()["result"]["version"])


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Moved]:
    clock = tmp_path / "clock"
    clock.write_text("0")
    path = os.pathsep.join([str(CLOCK), str(ROOT)])
    with (
        new_home() as home,
        running_engine(home, PYTHONPATH=path, JUMPING_CLOCK=str(clock)) as engine,
    ):
        yield Moved(engine, clock)


def ids(answer: httpx.Response, name: str) -> list[Any]:
    return [one["id"] for one in answer.json()[name]]


def test_history_undo_and_redo_keep_their_order(moved: Moved) -> None:
    api, project = moved.api, moved.create()
    made = [ids(api.get(f"{project}/versions"), "versions")[0]]
    for number, seconds in enumerate((YEAR, -YEAR, 0, -2 * YEAR, 3600), 2):
        moved.by(seconds)
        made.append(moved.stars(project, number))
    page = api.get(f"{project}/versions").json()["versions"]
    assert [one["id"] for one in page] == made[::-1]
    times = [one["time"] for one in page]
    assert times == sorted(times, reverse=True), "no version is older than the one before it"
    back = []
    for seconds in (-YEAR, YEAR, 0):
        moved.by(seconds)
        back.append(moved.gone(f"{project}/versions/undo"))
    assert back == made[-2:-5:-1]
    forward = []
    for seconds in (YEAR, -YEAR, 0):
        moved.by(seconds)
        forward.append(moved.gone(f"{project}/versions/redo"))
    last = api.post(f"{project}/versions/redo").json()["id"]
    assert [one.type for one in follow(api, f"{JOBS}/{last}/events")][-1] == "failed"
    assert "max: 6" in api.get(f"{project}/blueprint").json()["text"]


def test_jobs_queue_and_are_told_in_order(moved: Moved) -> None:
    api, project = moved.api, moved.create()
    first = api.get(f"{JOBS}/{ids(api.get(JOBS), 'jobs')[0]}").json()["id"]
    started = []
    for seconds in (YEAR, -YEAR, 5, -5, 0):
        moved.by(seconds)
        body = {"kind": "generate", "project": project.rpartition("/")[2]}
        started.append(api.post(JOBS, json=body).json()["id"])
    for job in started:
        moved.end_of(job)
    assert ids(api.get(JOBS), "jobs") == [*started[::-1], first]
    events = [list(follow(api, f"{JOBS}/{job}/events")) for job in started]
    numbers = [event.id for told in events for event in told]
    ends = [told[-1].id for told in events]
    assert len(set(numbers)) == len(numbers)
    assert ends == sorted(ends), "they were carried out as they were asked for"
    for told in events:
        middle = told[len(told) // 2].id
        job = told[0].data["job"]
        rest = [one.id for one in follow(api, f"{JOBS}/{job}/events", last=middle)]
        assert rest == [one.id for one in told if one.id > middle]


def test_links_confirmations_and_secrets_live_as_long_as_they_are_said_to(moved: Moved) -> None:
    api, project = moved.api, moved.create()
    links = [api.post("/api/v1/session/links").json()["url"] for _ in range(2)]
    asked = api.post(f"{project}/deletion").json()["confirmation"]
    moved.by(YEAR)
    for url, seconds in zip(links, (YEAR, -YEAR), strict=True):
        moved.by(seconds)
        browser = moved.engine.new_client(None)
        entered = browser.get(url, follow_redirects=False)
        assert entered.status_code in {200, 302, 303, 307}, entered.text
        assert browser.get(PROJECTS).status_code == 200
        moved.by(0)
        assert browser.get(PROJECTS).status_code == 200
        assert moved.engine.new_client(None).get(url, follow_redirects=False).status_code >= 400
    moved.by(-YEAR)
    assert api.delete(project, params={"confirmation": asked}).status_code == 204


def test_the_trash_keeps_what_is_in_it(moved: Moved) -> None:
    api = moved.api
    deleted = []
    for seconds in (0, 5 * YEAR, -5 * YEAR):
        moved.by(seconds)
        project = moved.create()
        asked = api.post(f"{project}/deletion").json()["confirmation"]
        assert api.delete(project, params={"confirmation": asked}).status_code == 204
        deleted.append(project)
    moved.by(20 * YEAR)
    found = ids(api.get("/api/v1/trash"), "projects")
    assert len(found) == 3
    for one in found:
        assert api.post(f"/api/v1/trash/{one}/restore").status_code in {200, 201}
    back = {f"{PROJECTS}/{id_}" for id_ in ids(api.get(PROJECTS), "projects")}
    assert back == set(deleted)
