"""What never enters the history."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local_engine.projects.leaving_out import MAX_FILE_BYTES, Reason, is_secret
from local_engine.projects.repository import Repository, new_repository
from local_engine.projects.worktree import scan


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    with new_repository(tmp_path):
        pass
    return Repository(tmp_path)


@pytest.mark.parametrize(
    "name", [".env", ".ENV", ".env.local", "server.key", "a.pem", "secret_key"]
)
def test_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", [".env.example", "env.py", "keys.py", "monkey"])
def test_no_secrets(name: str) -> None:
    assert not is_secret(name)


def test_what_is_left_out_and_why(repository: Repository) -> None:
    folder = repository.folder
    for name in ("app/main.py", ".gitignore", "app/.env", "node_modules/x.js", "data/rows.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    (folder / ".gitignore").write_text("*.log\nbuild/\n")
    (folder / "a.log").write_text("x")
    for name in ("build", "inner/.git", "app/data", "app/__pycache__"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("x")
    found = scan(repository, {})
    assert list(found.files) == [".gitignore", "app/data/file", "app/main.py"]
    assert {item.path: item.reason for item in found.left_out} == {
        "a.log": Reason.IGNORED,
        "app/.env": Reason.SECRET,
        "app/__pycache__": Reason.TOOL,
        "build": Reason.IGNORED,
        "data": Reason.DATA,
        "inner": Reason.REPOSITORY,
        "node_modules": Reason.TOOL,
    }


def test_a_huge_file_is_not_even_read(repository: Repository) -> None:
    with (repository.folder / "video.bin").open("wb") as file:
        file.truncate(1_000_000_000)
    with (repository.folder / "fits.bin").open("wb") as file:
        file.truncate(MAX_FILE_BYTES)
    found = scan(repository, {})
    assert list(found.files) == ["fits.bin"]
    assert [(item.path, item.reason) for item in found.left_out] == [("video.bin", Reason.LARGE)]


def test_a_file_that_is_kept_already_stays_as_it_is_there(repository: Repository) -> None:
    (repository.folder / "video.bin").write_text("small")
    known = scan(repository, {}).files
    with (repository.folder / "video.bin").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert scan(repository, known).files == known


def test_sockets_and_pipes_are_passed_over(repository: Repository) -> None:
    os.mkfifo(repository.folder / "pipe")
    assert scan(repository, {}).files == {}


def test_links_are_kept_as_links(repository: Repository) -> None:
    (repository.folder / "out").symlink_to("/etc")
    found = scan(repository, {})
    assert repository.content(found.files["out"].id) == b"/etc"
