"""What the project store costs: lists, opening, history, generating a large project again."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from benchmark_load import table
from projects import notes_project

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.projects.index import ProjectIndex

pytestmark = pytest.mark.full

PROJECTS, VERSIONS, ENTITIES, EDITS = 1000, 200, 50, 30
ACCESS = "list: owner, read: owner, create: authenticated, update: owner, delete: owner"
FIELD = "      notes: {type: text, optional: true}\n"


def cpu_seconds(work: Callable[[], object]) -> float:
    """The least CPU time of three runs; wall time is that plus waiting for the disk."""
    found = []
    for _ in range(3):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def large(entities: int) -> str:
    """A Blueprint of this many entities."""
    lines = ["blueprint: 1", "name: Large", "entities:"]
    for number in range(entities):
        lines += [
            f"  Thing{number}:",
            "    owner: owner",
            "    fields:",
            "      name: {type: string, max: 80}",
            "    relations: {owner: {to: User}}",
            f"    access: {{{ACCESS}}}",
        ]
    return "\n".join(lines) + "\n"


def test_listing_and_opening(tmp_path: Path) -> None:
    index = ProjectIndex(tmp_path)
    for number in range(PROJECTS):
        index.add(tmp_path / f"project-{number}", f"Project {number}", ("tag",))
    project = notes_project(tmp_path / "notes")
    listing = cpu_seconds(index.all)
    opening = cpu_seconds(project.recover)
    rebuilding = cpu_seconds(lambda: _rebuilt(index, tmp_path))
    rows = [
        (f"list {PROJECTS} projects", listing * 1000),
        ("open one", opening * 1000),
        (f"make a list of {PROJECTS} again", rebuilding * 1000),
    ]
    print(table("Projects", ["what", "ms of CPU"], rows))
    assert listing < 0.05
    assert opening < 0.1


def _rebuilt(index: ProjectIndex, home: Path) -> None:
    index.close()
    for file in home.glob("catalogue.sqlite3*"):
        file.unlink()
    assert len(ProjectIndex(home).all()) == PROJECTS


def test_a_long_history(tmp_path: Path) -> None:
    project = notes_project(tmp_path / "notes")
    for number in range(VERSIONS - 1):
        (project.folder / "mine.txt").write_text(f"{number}\n")
        project.notice()
    page = project.history(limit=VERSIONS)
    assert (len(page.versions), page.next) == (VERSIONS, None)
    seconds = {limit: cpu_seconds(partial(project.history, limit)) for limit in (20, 200)}
    noticing = cpu_seconds(project.notice)
    rows = [(f"history of {limit}", took * 1000) for limit, took in seconds.items()]
    print(table("History", ["what", "ms of CPU"], [*rows, ("look for edits", noticing * 1000)]))
    assert seconds[VERSIONS] < 0.1


def test_generating_a_large_project_again(tmp_path: Path) -> None:
    text = large(ENTITIES)
    project = Project.create(tmp_path / "large", load(text))
    for number in range(EDITS):
        file = project.folder / f"app/thing{number}s/router.py"
        file.write_text(file.read_text().replace("\n\n\n", "\n\n# mine\n\n", 1))
    changed = load(text.replace("      name:", FIELD + "      name:"))
    _ = changed.application
    started, wall = time.process_time(), time.perf_counter()
    outcome = project.generate(changed)
    cpu, wall = time.process_time() - started, time.perf_counter() - wall
    assert outcome.pending is None
    assert len(outcome.kept) == EDITS
    rows = [(ENTITIES, EDITS, len(outcome.written), cpu, wall)]
    names = ["entities", "edited files", "files written", "s of CPU", "s"]
    print(table("Generate again", names, rows))
    assert cpu < 2
