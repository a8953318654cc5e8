"""Ctrl-C: the command ends in good order, says so, and leaves nothing behind."""

from __future__ import annotations

import re
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from interrupting import Command, Interrupted, processes_of

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.runtime.file_lock import file_lock

TODO = (Path(__file__).parents[3] / "docs/examples/01-todo/blueprint.yaml").read_text()
TERMINAL = pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "piped"])
STOPPED = 128 + signal.SIGINT


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a todo project and an empty data folder, both open to other accounts."""
    with tempfile.TemporaryDirectory(prefix="interrupt-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        Project.create(place / "todo", load(TODO))
        yield place


def command(place: Path, *arguments: str, terminal: bool) -> Command:
    return Command(*arguments, folder=place, home=place / "home", terminal=terminal)


def assert_ended_cleanly(place: Path, ended: Interrupted) -> None:
    home = place / "home"
    assert ended.code == STOPPED, ended.text
    assert "Stopped" in ended.text
    assert "failed" not in ended.text
    assert "Error" not in ended.text
    assert "Traceback" not in ended.text
    deadline = time.monotonic() + 3  # helpers that only wait for our end need a moment
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    assert [file.name for file in home.rglob("*.in-use")] == []
    assert [file.name for file in home.rglob("state.json")] == []
    for lock in [*home.rglob("*lock")]:
        if lock.is_file() and "storage" not in lock.parts:
            with file_lock(lock, timeout_seconds=0.0):
                pass


@TERMINAL
@pytest.mark.parametrize("seconds", [0.0, 0.4, 5.0])
def test_verify(place: Path, terminal: bool, seconds: float) -> None:
    running = command(place, "verify", "todo", terminal=terminal)
    running.wait_for(lambda: (place / "home/verification-1.in-use").exists())
    running.let_run(seconds)
    running.interrupt()
    assert_ended_cleanly(place, running.end())


def test_an_impatient_person_leaves_nothing_behind_either(place: Path) -> None:
    running = command(place, "verify", "todo", terminal=True)
    running.wait_for(lambda: (place / "home/verification-1.in-use").exists())
    running.let_run(3.0)
    for _ in range(3):
        running.interrupt()
        time.sleep(0.05)  # it may have ended by then
    assert_ended_cleanly(place, running.end())


@TERMINAL
def test_create_in_the_middle_of_the_verification(place: Path, terminal: bool) -> None:
    prompt = "A list of books"
    running = command(place, "create", prompt, "--run", "--verify", terminal=terminal)
    running.wait_for(lambda: (place / "home/verification-1.in-use").exists())
    running.let_run(2.0)
    running.interrupt()
    ended = running.end()
    assert_ended_cleanly(place, ended)
    assert "Project" in ended.text


@TERMINAL
def test_create_while_the_preview_starts(place: Path, terminal: bool) -> None:
    running = command(place, "create", "A list of books", "--run", terminal=terminal)
    running.wait_for(lambda: any((place / "home").rglob("state.json")))
    running.interrupt()
    assert_ended_cleanly(place, running.end())


@TERMINAL
def test_run(place: Path, terminal: bool) -> None:
    running = command(place, "run", "todo", terminal=terminal)
    running.wait_for(lambda: "Ctrl-C" in running.text)
    address = re.search(r"http://127\.0\.0\.1:\d+", running.text)
    assert address
    assert httpx.get(f"{address[0]}/ready").status_code == 200
    running.interrupt()
    assert_ended_cleanly(place, running.end())
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{address[0]}/ready")


@TERMINAL
def test_run_while_it_starts(place: Path, terminal: bool) -> None:
    running = command(place, "run", "todo", terminal=terminal)
    running.wait_for(lambda: any((place / "home").rglob("state.json")))
    running.interrupt()
    assert_ended_cleanly(place, running.end())
