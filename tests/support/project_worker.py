"""A process that edits, generates, merges, undoes ... in one project until it is killed.

Called as `python project_worker.py FOLDER LEDGER SEED POINT`. It kills itself at the POINT-th time
that it is about to change the disk's folders or to sync a file, so that a kill falls between any
two such moments; with POINT 0 it runs until it is killed from outside. Before each operation it
writes to LEDGER what the user has in the project now, one JSON text a line.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from projects import NOTES, RENAMED, STARRED

from local_engine.generator.blueprint import load
from local_engine.projects import NothingToUndo, Project
from local_engine.projects.conflicts import Conflict
from local_engine.projects.errors import ProjectError
from local_engine.projects.trees import Entry

BLUEPRINTS = (NOTES, STARRED, RENAMED, NOTES.replace("max: 80", "max: 90"))
EDITED = (
    "README.md",
    "app/notes/schemas.py",
    "app/notes/repository.py",
    "app/main.py",
    "mine/words.txt",
)
CHANGES = ("rename", "replace", "fsync", "unlink", "mkdir", "rmdir", "symlink", "remove", "link")


def kill_at(point: int) -> None:
    """Let the process kill itself just before its `point`-th change of the disk."""
    left = [point]

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return counted

    for name in CHANGES:
        setattr(os, name, counting(getattr(os, name)))


class Worker:
    """Does one operation after the other, chosen by the seed."""

    def __init__(self, folder: Path, ledger: Path, seed: int) -> None:
        self.folder = folder
        self.ledger = ledger
        self.random = random.Random(seed)
        self.seed = seed
        self.count = 0

    def run(self) -> None:
        """Never ends by itself."""
        project = Project(self.folder)
        while True:
            try:
                if not project.exists:
                    Project.create(self.folder, load(NOTES))
                self.edit()
                self.operation(project)()
            except (NothingToUndo, ProjectError):
                project.notice()  # the next edit may overwrite what has not been noticed

    def edit(self) -> None:
        """Change files as a user would, with an editor that replaces them whole."""
        for path in self.random.sample(EDITED, self.random.randint(0, 2)):
            place = self.folder / path
            self.count += 1
            mark = f"# mine {self.seed}-{self.count}\n"
            before = place.read_text() if place.is_file() else ""
            if self.random.random() < 0.5:
                text = mark + before
            else:
                text = before.replace("INSERT INTO", "INSERT  INTO", 1) + mark
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = self.folder.parent / "editor"
            beside.write_text(text)
            beside.replace(place)
            self.note(text)

    def note(self, text: str) -> None:
        """Tell the test what must never be lost from here on."""
        with self.ledger.open("a") as file:
            file.write(json.dumps(text) + "\n")
            file.flush()

    def operation(self, project: Project) -> Callable[[], object]:
        """One of the things that change a project."""
        chosen = self.random.choice(
            ["generate", "generate", "resolve", "resolve", "undo", "redo", "try", "back", "notice"]
        )
        if chosen == "generate":
            text = self.random.choice(BLUEPRINTS)
            return lambda: project.generate(load(text), allow_drop=True)
        if chosen == "resolve":
            side = self.random.choice(["ours", "theirs", "proposed"])
            return lambda: project.resolve_all(_taker(side))
        if chosen == "try":
            return self.random.choice(
                [lambda: project.try_out("new"), project.keep, project.discard]
            )
        if chosen == "back":
            return lambda: project.go_back(self.random.choice(project.history().versions))
        return {"undo": project.undo, "redo": project.redo, "notice": project.notice}[chosen]


def _taker(side: str) -> Callable[[Conflict], Entry | None]:
    return lambda conflict: getattr(conflict, side)


if __name__ == "__main__":
    folder, ledger, seed, point = sys.argv[1:]
    worker = Worker(Path(folder), Path(ledger), int(seed))
    print("ready", flush=True)
    if int(point):
        kill_at(int(point))
    worker.run()
