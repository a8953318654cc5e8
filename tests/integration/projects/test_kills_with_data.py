"""kill -9 in the middle of a whole undo, rows and files included: nothing is lost or half done."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest
from held_database import ServerData
from projects import STARRED, all_contents, assert_sound, notes_project, tree

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.runtime.postgres import PostgresServer

WORKER = Path(__file__).parents[2] / "support/data_worker.py"
ROOT = WORKER.parents[2]
_numbers = count(1)


def killed_worker(place: Path, seed: int, data: ServerData) -> None:
    """Let the worker go on until it is killed, by itself at some point or by us."""
    chosen = random.Random(seed)
    point = chosen.choice([0, chosen.randrange(1, 200), chosen.randrange(200, 900)])
    seconds = chosen.uniform(1, 6)
    print(f"seed {seed}: point {point}, or after {seconds:.2f} s")
    arguments = [place / "project", place / "ledger", seed, point, data.server.directory, data.name]
    process = subprocess.Popen(
        [sys.executable, str(WORKER), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(WORKER.parent)])},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if point:
            assert process.wait(timeout=300) == -signal.SIGKILL
        else:
            time.sleep(seconds)
            process.kill()


def noted(ledger: Path) -> set[str]:
    """What the worker has told of, but for a line that it was killed in."""
    text = ledger.read_text() if ledger.exists() else ""
    return {str(json.loads(line)) for line in text[: text.rfind("\n") + 1].splitlines()}


def titles(data: ServerData) -> set[str]:
    return {str(row[0]) for row in data.rows("SELECT title FROM notes")}


def all_titles(project: Project, data: ServerData) -> set[str]:
    """The rows that there are, in the database or in a snapshot that a version refers to."""
    found = titles(data)
    kept = {one.record.snapshot for one in project.history(limit=10_000).versions}
    with data.open(project.folder) as held:
        for snapshot in project.snapshots():
            if snapshot.id in kept and snapshot.rows:
                with held._loaded("then", snapshot, data.name) as name:
                    found |= titles(ServerData(data.server, name))
    return found


def kills(place: Path, seeds: range, server: PostgresServer) -> None:
    if not server.running:
        server.start()
    place.mkdir()
    data = ServerData(server, f"killed_{next(_numbers)}")
    project = notes_project(place / "project")
    data.run_project(project.folder)
    data.rows("INSERT INTO users (id, email, password_hash) VALUES (uuidv7(), 'a@b.c', 'x')")
    data.rows("INSERT INTO notes (title, author_id) SELECT 'first', id FROM users")
    project.generate(load(STARRED))
    data.run_project(project.folder)
    try:
        for seed in seeds:
            killed_worker(place, seed, data)
            project.recover()
            data.run_project(project.folder)  # fails where code and data do not fit together
            files = {one.encode() for one in noted(place / "ledger")}
            assert files <= all_contents(project.folder) | set(tree(project.folder).values())
            project.notice()
            assert_sound(project.folder)
            assert list((project.folder / ".git").rglob("*.lock")) == []
        rows = noted(place / "ledger.rows") | {"first"}
        found = all_titles(project, data)
        assert rows <= found, f"{len(rows - found)} of {len(rows)} rows are lost"
        print(f"{len(rows)} rows and {len(files)} contents are where they should be")
    finally:
        server.drop_database(data.name)


def test_a_few_kills_while_the_data_goes_back_and_forth(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    kills(tmp_path / "place", range(4), postgres_server)


@pytest.mark.full
def test_a_hundred_kills_while_the_data_goes_back_and_forth(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    for number in range(5):
        seeds = range(100 * (number + 1), 100 * (number + 1) + 20)
        kills(tmp_path / f"place-{number}", seeds, postgres_server)
