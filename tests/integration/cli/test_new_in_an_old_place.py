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


def test_what_runs_still_for_the_old_one_is_stopped(place: Path) -> None:
    first = run_json(*CREATE, "--run", cwd=place)["preview"]
    shutil.rmtree(place / "todo")
    told = run(*CREATE, "--run", cwd=place).stdout
    assert f"stopped {first['name']}" in told
    (running,) = run_json("list", cwd=place)["running"]
    assert running["name"] != first["name"]


def test_the_project_that_is_in_the_folder_now_is_meant_by_its_name(place: Path) -> None:
    (place / "b.yaml").write_text(BLUEPRINT)
    names = []
    for _ in "ab":
        run("generate", "b.yaml", "--output", "todo", cwd=place)
        names.append(run_json("run", "todo", "--detach", cwd=place)["name"])
        (place / "todo").rename(place / f"was-{names[-1]}")
    (place / f"was-{names[1]}").rename(place / "todo")
    assert [one["name"] for one in run_json("list", cwd=place)["running"]] == sorted(names)
    (stopped,) = run_json("stop", "todo", cwd=place)["stopped"]
    assert stopped["name"] == names[1]
    (stopped,) = run_json("stop", names[0], cwd=place)["stopped"]
    assert stopped["name"] == names[0]
