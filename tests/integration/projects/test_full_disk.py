"""No room on the disk: nothing is half done, nothing is lost, and with room it goes on."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from projects import STARRED, all_contents, assert_sound, notes_project, tree
from small_disk import SmallDisk, small_disk

from local_engine.generator.blueprint import load
from local_engine.projects import Project

# git's library tries once more to write a file that it gives up, when that is collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

MINE = b"# my own words\n" * 3_000
LARGE = bytes(range(256)) * 250
STEP_BYTES = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def create(folder: Path) -> None:
    notes_project(folder)


def generate(folder: Path) -> None:
    Project(folder).generate(load(STARRED))


def edit(folder: Path) -> None:
    Project(folder).apply({"large.bin": LARGE, "README.md": b"edited\n"}, "edit", "Edited")  # type: ignore[arg-type]


def undo(folder: Path) -> None:
    Project(folder).undo()


def is_done(operation: Callable[[Path], None], folder: Path) -> bool:
    """Whether the folder is as after the operation, seen from outside."""
    if operation is create:
        return (folder / "app/main.py").is_file()
    if operation is generate:
        return (folder / "blueprint.yaml").read_text() == STARRED
    return (folder / "large.bin").exists() is (operation is edit)


def begin(operation: Callable[[Path], None], folder: Path) -> None:
    """A project in which the operation has something to do, and whose owner has just edited."""
    if operation is create:
        return
    project = notes_project(folder)
    if operation is undo:
        edit(folder)
        return
    (project.folder / "mine.md").write_bytes(MINE)


def tried_with(disk: SmallDisk, operation: Callable[[Path], None], room: int) -> bool:
    """Do it with so much room; gives whether that was enough, after all the checks."""
    folder = disk.folder / "notes"
    shutil.rmtree(folder, ignore_errors=True)
    begin(operation, folder)
    before = tree(folder) if folder.exists() else {}
    with disk.full_but_for(room):
        found: list[int | None] = []
        try:
            operation(folder)
        except OSError as error:
            found.append(error.errno)
        if not found:
            return True
        assert found == [errno.ENOSPC]
        journal = folder / ".git/backend-generator/journal.json"
        if not journal.exists():
            assert (tree(folder) if folder.exists() else {}) == before
        assert [*folder.glob(".git/**/*.lock"), *folder.glob(".git.new-*")] == []
        assert list(folder.glob(".git/backend-generator/unfinished/*")) == []
    project = Project(folder)
    if project.exists:
        project.recover()
        assert_sound_but_for_edits(project)
    if not is_done(operation, folder):
        operation(folder)
    assert is_done(operation, folder)
    project.notice()
    assert_sound(folder)
    kept = all_contents(folder)
    assert set(before.values()) <= kept, "what was in the folder is in the history"
    return False


def assert_sound_but_for_edits(project: Project) -> None:
    """What was cut short is finished when the project is opened: only edits are left to keep."""
    project.notice()
    assert_sound(project.folder)


@pytest.mark.parametrize("operation", [create, generate, edit, undo])
def test_with_too_little_room(disk: SmallDisk, operation: Callable[[Path], None]) -> None:
    rooms = [STEP_BYTES * pages for pages in (0, 4, 12, 28)]
    for room in rooms:
        print(operation.__name__, room)
        tried_with(disk, operation, room)


@pytest.mark.full
@pytest.mark.parametrize("operation", [create, generate, edit, undo])
def test_with_every_amount_of_room(disk: SmallDisk, operation: Callable[[Path], None]) -> None:
    room = 0
    while not tried_with(disk, operation, room):
        print(operation.__name__, room)
        room += STEP_BYTES
    assert room >= STEP_BYTES
