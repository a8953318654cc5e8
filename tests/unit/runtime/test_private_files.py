"""Folders, files and secrets that only their owner may read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local_engine.runtime.private_files import (
    make_private_folder,
    read_or_create_secret,
    write_private,
)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_folder_is_closed_to_others_even_if_it_was_open(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir()
    open_folder.chmod(0o755)
    assert mode(make_private_folder(open_folder)) == 0o700
    assert mode(make_private_folder(tmp_path / "new" / "deep")) == 0o700


def test_a_file_is_private_and_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old and long")
    file.chmod(0o644)
    write_private(file, "new")
    assert (file.read_text(), mode(file)) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_all_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / str(number)
        with ThreadPoolExecutor(8) as pool:
            answers = set(pool.map(lambda _, p=path: read_or_create_secret(p), range(8)))
        assert answers == {path.read_text()}
        assert mode(path) == 0o600
    assert len({path.read_text() for path in tmp_path.iterdir()}) == 20
    assert len(read_or_create_secret(tmp_path / "0")) >= 32
