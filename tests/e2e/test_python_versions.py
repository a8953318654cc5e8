"""Emitted projects on every Python that they say they run on, with their own locked packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import golden
import pytest

from local_engine.generator.emit import write
from local_engine.runtime.postgres import PostgresServer

pytestmark = pytest.mark.full

_TESTED = "clinics"


def _find(version: str) -> str:
    """The interpreter of a version, on the path or among those of pyenv; skips if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python"))
    for found in (shutil.which(f"python{version}"), *map(str, reversed(installed))):
        if found and subprocess.run([found, "--version"], check=False, timeout=30).returncode == 0:
            return found
    pytest.skip(f"there is no Python {version} here")


@pytest.fixture(params=["3.11", "3.12", "3.13"])
def python(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A Python of this version with the packages of a project's lock file."""
    environment = tmp_path / "venv"
    subprocess.run([_find(request.param), "-m", "venv", environment], check=True)
    lock = tmp_path / "requirements-dev.lock"
    lock.write_bytes(golden.emitted(_TESTED)["requirements-dev.lock"])
    python = str(environment / "bin" / "python")
    install = ["-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "-r", str(lock)]
    subprocess.run([python, *install], check=True, timeout=600)
    yield python
    shutil.rmtree(environment)


def _run(folder: Path, *command: str, **settings: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{folder.name}: {done.stdout[-3000:]}{done.stderr[-3000:]}"


def test_every_project_is_understood_and_one_passes_its_tests(
    python: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    for name in golden.SOURCES:
        folder = tmp_path / name
        write(golden.emitted(name), folder)
        # A warning here, such as that of an invalid escape, is an error in a later version.
        _run(folder, python, "-W", "error", "-m", "compileall", "-q", "app", "tests")
        _run(folder, python, "-m", "app", "openapi")
    database = postgres_server.create_database("python_versions")
    try:
        _run(tmp_path / _TESTED, python, "-m", "pytest", "-q", DATABASE_URL=database.url)
    finally:
        postgres_server.drop_database(database.name)
