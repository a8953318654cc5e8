"""A process that goes back and forth in a project with rows and files until it is killed.

Called as `python data_worker.py FOLDER LEDGER SEED POINT SERVER DATABASE`; all but the last two are
those of `project_worker`. Rows are noted once they are committed, files before they are written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from held_database import ServerData
from project_worker import Worker, kill_at
from projects import NOTES, STARRED

from local_engine.generator.blueprint import load
from local_engine.projects import Data, NothingToUndo, Project
from local_engine.runtime.postgres import PostgresServer


class DataWorker(Worker):
    """Does one operation after the other, with the data."""

    def __init__(self, folder: Path, ledger: Path, seed: int, data: ServerData) -> None:
        super().__init__(folder, ledger, seed)
        self.data = data

    def edit(self) -> None:
        """Change files now and then (that empties what can be redone), and add a row."""
        if self.random.random() < 0.3:
            super().edit()
        if self.random.random() < 0.7:
            self.count += 1
            title = f"{self.seed}-{self.count}"
            self.data.rows(f"INSERT INTO notes (title, author_id) SELECT '{title}', id FROM users")
            with self.ledger.with_suffix(".rows").open("a") as file:
                file.write(json.dumps(title) + "\n")

    def operation(self, project: Project) -> Callable[[], object]:
        """Mostly undo and redo; a run after each, as that is what makes migrations happen."""
        chosen = self.random.choice(["undo"] * 4 + ["redo"] * 4 + ["back", "generate"])
        going = Data(self.data, replace=True)

        def carried_out() -> None:
            if chosen == "generate":
                text = self.random.choice([NOTES, STARRED])
                project.generate(load(text), allow_drop=True)
            elif chosen == "back":
                project.go_back(self.random.choice(project.history().versions), going)
            else:
                there, back = (project.undo, project.redo)[:: 1 if chosen == "undo" else -1]
                try:
                    there(going)
                except NothingToUndo:
                    back(going)
            self.data.run_project(self.folder)

        return carried_out


if __name__ == "__main__":
    folder, ledger, seed, point, server, database = sys.argv[1:]
    data = ServerData(PostgresServer(Path(server)), database)
    worker = DataWorker(Path(folder), Path(ledger), int(seed), data)
    print("ready", flush=True)
    if int(point):
        kill_at(int(point))
    worker.run()
