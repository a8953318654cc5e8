"""The log file: bounded, complete up to its bound, readable whatever the service writes."""

from __future__ import annotations

import io
import threading
from pathlib import Path

from local_engine.runtime.preview.logs import LINE_LIMIT_BYTES, RotatingLog, follow, read_log


def test_a_full_file_makes_room_and_no_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "service.log"
    log = RotatingLog(path, limit_bytes=100)
    for number in range(50):
        log.write(f"line {number:03}\n".encode())
    log.close()
    lines = read_log(path)
    assert lines == [f"line {number:03}" for number in range(50 - len(lines), 50)]
    assert len(lines) >= 11
    assert {p.name for p in tmp_path.iterdir()} == {"service.log", "service.log.1"}
    assert all(p.stat().st_size <= 100 for p in tmp_path.iterdir())
    assert path.stat().st_mode & 0o077 == 0


def test_a_new_run_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for text in (b"first\n", b"second\n"):
        log = RotatingLog(tmp_path / "log")
        log.write(text)
        log.close()
    assert read_log(tmp_path / "log") == ["first", "second"]


def test_odd_output_is_kept(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "log")
    stream = io.BytesIO(b"\xff\xfe broken\r\nno end" + b"x" * LINE_LIMIT_BYTES)
    follow(stream, log.write).join()
    log.close()
    broken, *rest = log.recent()
    assert broken == "\ufffd\ufffd broken"
    assert "".join(rest) == "no end" + "x" * LINE_LIMIT_BYTES
    assert len(rest) == 2
    assert read_log(tmp_path / "log") == log.recent()


def test_there_may_be_no_log_yet(tmp_path: Path) -> None:
    assert read_log(tmp_path / "none") == []


def test_several_threads_may_write(tmp_path: Path) -> None:
    log = RotatingLog(tmp_path / "log", limit_bytes=10_000)
    threads = [
        threading.Thread(target=lambda n=n: [log.write(b"%d\n" % n) for _ in range(300)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert sorted(read_log(tmp_path / "log")) == sorted("0123" * 300)
