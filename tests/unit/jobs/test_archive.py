"""Zips: the same files give the same bytes, wherever these are."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local_engine.jobs.archive import Content, write_zip


def zipped(files: Mapping[str, Content]) -> bytes:
    buffer = io.BytesIO()
    write_zip(buffer, files)
    return buffer.getvalue()


def test_a_zip_depends_on_the_files_alone(tmp_path: Path) -> None:
    files = {"b/c.txt": b"two", "a.txt": b"one"}
    content = zipped(files)
    assert content == zipped(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.namelist() == ["a.txt", "b/c.txt"]
    place = tmp_path / "file"
    place.write_bytes(b"two")
    assert zipped({**files, "b/c.txt": place}) == content


def test_a_file_on_disk_is_never_whole_in_memory(tmp_path: Path) -> None:
    place = tmp_path / "large"
    with place.open("wb") as file:
        file.truncate(64_000_000)
    tracemalloc.start()
    try:
        packed = zipped({"large": place})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.getinfo("large").file_size == 64_000_000
