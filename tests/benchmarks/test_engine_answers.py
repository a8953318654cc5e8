"""What a running engine needs for the answers that a window waits for: list, open, history."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import httpx
import psutil
import pytest
from benchmark_load import table
from engine_process import EngineProcess, new_home, running_engine
from projects import notes_project

from local_engine.projects import Project
from local_engine.projects.index import ProjectIndex

pytestmark = pytest.mark.full

PROJECTS, VERSIONS, TIMES = 1000, 200, 20
LIST_MS, OPEN_MS, HISTORY_MS = 50, 100, 100


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder of many projects, the newest with a long history."""
    with new_home() as folder:
        index = ProjectIndex(folder)
        project = notes_project(folder / "projects" / "long")
        for number in range(PROJECTS - 1):
            _copy(project, folder / "projects" / f"notes-{number}", index)
        for number in range(VERSIONS - 1):
            (project.folder / "mine.txt").write_text(f"{number}\n")
            project.notice()
        index.add(project.folder, "Long", ("tag",))
        index.close()
        yield folder


def _copy(project: Project, folder: Path, index: ProjectIndex) -> None:
    """Another project, with those of its files that tell that it is one."""
    for name in ("blueprint.yaml", "app/main.py", "migrations/0001_core.up.sql"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(project.folder / name, folder / name)
    index.add(folder, folder.name, ("tag",))


def test_answers_that_a_window_waits_for(home: Path) -> None:
    with running_engine(home) as engine:
        found = engine.client.get("/api/v1/projects").json()["projects"]
        assert len(found) == PROJECTS
        assert all(one["present"] and one["made"] for one in found)
        path = f"/api/v1/projects/{found[0]['id']}"
        versions = engine.client.get(f"{path}/versions?limit={VERSIONS}").json()
        assert (len(versions["versions"]), versions["next"]) == (VERSIONS, None)
        folder = {"folder": found[0]["folder"]}
        asked: dict[str, tuple[float, Callable[[httpx.Client], httpx.Response]]] = {
            f"list {PROJECTS} projects": (LIST_MS, lambda c: c.get("/api/v1/projects")),
            "open one": (OPEN_MS, lambda c: c.post("/api/v1/projects/open", json=folder)),
            f"history of {VERSIONS} versions": (
                HISTORY_MS,
                lambda c: c.get(f"{path}/versions?limit={VERSIONS}"),
            ),
        }
        rows = [(what, limit, *costs(engine, ask)) for what, (limit, ask) in asked.items()]
    print(table("Answers", ["what", "ms at most", "ms of CPU", "ms"], rows))
    for what, limit, cpu, _ in rows:
        assert cpu < limit, what


def costs(
    engine: EngineProcess, ask: Callable[[httpx.Client], httpx.Response]
) -> tuple[float, float]:
    """Milliseconds of the engine's CPU time for an answer, and of waiting for it (the median)."""
    process = psutil.Process(engine.process.pid)
    waited = []
    before = process.cpu_times()
    for _ in range(TIMES):
        began = time.perf_counter()
        assert ask(engine.client).status_code == 200
        waited.append(time.perf_counter() - began)
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    return cpu / TIMES * 1000, median(waited) * 1000
