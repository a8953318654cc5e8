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
BLUEPRINT = "blueprint: 1\nname: Todo\nentities: {Todo: {fields: {title: string}}}\n"
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


@pytest.mark.parametrize(
    "again",
    [CREATE, pytest.param(("generate", "b.yaml", "--output", "todo"), marks=pytest.mark.full)],
)
def test_what_runs_still_for_the_old_one_is_stopped(place: Path, again: tuple[str, ...]) -> None:
    (place / "b.yaml").write_text(BLUEPRINT)
    first = run_json(*CREATE, "--run", cwd=place)["preview"]
    shutil.rmtree(place / "todo")
    assert f"stopped {first['name']}" in run(*again, cwd=place).stdout
    second = run_json("run", "todo", "--detach", cwd=place)
    (running,) = run_json("list", cwd=place)["running"]
    assert running["name"] == second["name"] != first["name"]


def test_the_project_that_is_in_the_folder_now_is_meant_by_its_name(place: Path) -> None:
    (place / "b.yaml").write_text(BLUEPRINT)
    run("generate", "b.yaml", "--output", "todo", cwd=place)
    (place / "todo").rename(place / "was-todo")
    run("generate", "b.yaml", "--output", "todo", cwd=place)
    names = [run_json("run", name, "--detach", cwd=place)["name"] for name in ("todo", "was-todo")]
    (place / "todo").rename(place / "elsewhere")
    (place / "was-todo").rename(place / "todo")
    assert [one["name"] for one in run_json("list", cwd=place)["running"]] == sorted(names)
    (stopped,) = run_json("stop", "todo", cwd=place)["stopped"]
    assert stopped["name"] == names[1]
    (stopped,) = run_json("stop", names[0], cwd=place)["stopped"]
    assert stopped["name"] == names[0]
