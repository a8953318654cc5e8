"""A new project in the folder of one that was removed by hand: it inherits nothing of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from command_line import run, run_json

from local_engine.projects.index import Entry, ProjectIndex

CREATE = ("create", "A simple todo API", "--output", "todo")
PASSWORD = "correct horse battery staple"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="old-place-") as folder:
        place = Path(folder).resolve()
        place.chmod(0o755)
        (place / "home").mkdir(mode=0o755)
        monkeypatch.setenv("BACKEND_GENERATOR_HOME", str(place / "home"))
        yield place
        run("stop", "--all", cwd=place)


def listed(place: Path) -> Entry:
    with closing(ProjectIndex(place / "home")) as index:
        (entry,) = index.all()
    return entry


def test_it_has_an_id_and_a_database_of_its_own(place: Path) -> None:
    first = run_json(*CREATE, "--run", cwd=place)["preview"]
    earlier = listed(place)
    account = {"email": "ada@example.com", "password": PASSWORD}
    assert httpx.post(f"{first['url']}/auth/register", json=account).status_code == 201
    run("stop", "todo", cwd=place)
    shutil.rmtree(place / "todo")
    second = run_json(*CREATE, "--run", cwd=place)["preview"]
    assert listed(place).id != earlier.id
    assert second["name"] != first["name"]
    assert httpx.post(f"{second['url']}/auth/register", json=account).status_code == 201, (
        "nobody has this address in an empty database"
    )
