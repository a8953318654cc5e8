"""Very large files and very many: what they cost in time and memory stays within bounds."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from projects import notes_project

from local_engine.jobs import formats
from local_engine.projects import Project
from local_engine.projects.errors import Obstructed
from local_engine.projects.events import Event, LeftOutOfHistory

MEGABYTE = 1_000_000
HUGE = 1024**3


@contextmanager
def at_most(megabytes: float) -> Iterator[None]:
    """The block never holds more memory than this beyond what was there before."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    print(f"peak {peak / MEGABYTE:.1f} MB")
    assert peak < megabytes * MEGABYTE


def seconds_of(what: Callable[[], object]) -> float:
    """The processor's time for it."""
    started = time.process_time()
    what()
    return time.process_time() - started


def fill(folder: Path, count: int, size: int = 0) -> None:
    """Write so many files; random ones of `size` bytes, or short texts."""
    for number in range(count):
        place = folder / "many" / str(number // 100) / f"{number}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(os.urandom(size) if size else f"file {number}\n".encode() * 20)


def export(project: Project, target: Path, *, form: str = "zip", git: bool = False) -> int:
    """Export a copy; gives its size in bytes."""

    def unread() -> None:
        raise AssertionError("a copy needs no Blueprint")

    made = formats.make(form, project.folder, unread, git=git)  # type: ignore[arg-type]
    return formats.write_files(made, target, "project")


def test_a_file_of_a_gigabyte_is_told_left_where_it_is_and_never_read(tmp_path: Path) -> None:
    events: list[Event] = []
    project = Project(notes_project(tmp_path / "notes").folder, events.append)
    (project.folder / "app/mine.py").write_text("# mine\n")
    version = project.notice()
    assert version is not None
    for name in ("huge.bin", "app/mine.py"):  # a new one, and one that was small before
        with (project.folder / name).open("wb") as file:
            file.truncate(HUGE)
    with at_most(10):
        assert project.notice() is None
        undone = project.undo()
        with pytest.raises(Obstructed, match=r"app/mine\.py"):
            project.redo()
        export(project, tmp_path / "copy.zip", git=True)
        export(project, tmp_path / "copy", form="folder")
    (told,) = {one.items for one in events if isinstance(one, LeftOutOfHistory)} - {()}
    assert {item.path for item in told} == {"huge.bin", "app/mine.py"}
    assert all(str(item.reason) == "is larger than 20 MB" for item in told)
    for name in ("huge.bin", "app/mine.py"):
        assert (project.folder / name).stat().st_size == HUGE
    assert "app/mine.py" not in project.files(undone)
    assert project.content(version, "app/mine.py") == b"# mine\n"


def many(project: Project, count: int, place: Path) -> None:
    """Go through a project's life with so many files in it."""
    fill(project.folder, count)
    time.sleep(0.1)  # what was written this moment is read again
    first = seconds_of(project.notice)
    again = seconds_of(project.notice)
    assert again < first / 2, "what was read before is not read again"
    (project.folder / "many/0/5.txt").write_text("x")
    assert (project.notice() or project.head()).record.title == "Edited 5.txt"
    listed = seconds_of(project.history)
    undone = seconds_of(project.undo)
    packed = seconds_of(lambda: export(project, place))
    print(
        f"{count} files: kept in {first:.2f} s of processor time, looked through in {again:.2f} s,"
        f" listed in {listed:.3f} s, undone in {undone:.2f} s, packed in {packed:.2f} s"
    )
    assert listed < 0.05
    assert undone < 3 * max(first, 0.2)


def test_a_thousand_files(tmp_path: Path) -> None:
    many(notes_project(tmp_path / "notes"), 1_000, tmp_path / "copy.zip")


@pytest.mark.full
def test_ten_thousand_files(tmp_path: Path) -> None:
    project = notes_project(tmp_path / "notes")
    many(project, 10_000, tmp_path / "copy.zip")
    (project.folder / "many/0/6.txt").write_text("y")
    with at_most(60):
        project.notice()
        project.undo()
        project.history(limit=200)
        export(project, tmp_path / "again.zip", git=True)


@pytest.mark.full
def test_large_files_are_kept_and_exported_a_piece_at_a_time(tmp_path: Path) -> None:
    project = notes_project(tmp_path / "notes")
    fill(project.folder, 15, size=19 * MEGABYTE)
    time.sleep(0.1)
    with at_most(150):  # two files of the largest size that is kept, each also compressed
        assert project.notice() is not None
    with at_most(10):
        assert export(project, tmp_path / "copy.zip") > 15 * 19 * MEGABYTE
        assert export(project, tmp_path / "copy", form="folder", git=True) > 30 * 19 * MEGABYTE
