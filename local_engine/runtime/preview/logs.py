"""The service's output: kept in a file of bounded size, and handed on line by line."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

FILE_LIMIT_BYTES = 5 * 1024 * 1024
LINES_REMEMBERED = 2_000
LINE_LIMIT_BYTES = 64 * 1024  # a longer line comes in pieces


class RotatingLog:
    """A log file that, when full, becomes `NAME.1` in place of the one before."""

    def __init__(self, path: Path, limit_bytes: int = FILE_LIMIT_BYTES) -> None:
        self.path = path
        self._limit = limit_bytes
        self._file = self._open()
        self._lock = threading.Lock()
        self._recent: deque[str] = deque(maxlen=LINES_REMEMBERED)

    def write(self, line: bytes) -> str:
        """Append a line; returns it as text without its end. Does nothing more once closed."""
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        with self._lock:
            self._recent.append(text)
            if not self._file.closed:
                if self._file.tell() + len(line) > self._limit:
                    self._rotate()
                self._file.write(line if line.endswith(b"\n") else line + b"\n")
        return text

    def recent(self) -> list[str]:
        """The last lines written by this process, at most `LINES_REMEMBERED`."""
        with self._lock:
            return list(self._recent)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _open(self) -> IO[bytes]:
        file = self.path.open("ab", buffering=0)
        self.path.chmod(0o600)
        return file

    def _rotate(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        self._file = self._open()


def follow(stream: IO[bytes], on_line: Callable[[bytes], object]) -> threading.Thread:
    """Hand each line of the stream on, from a thread that ends with the stream."""

    def read() -> None:
        with contextlib.closing(stream):
            while line := stream.readline(LINE_LIMIT_BYTES):
                on_line(line)

    thread = threading.Thread(target=read, name="service-log", daemon=True)
    thread.start()
    return thread


def read_log(path: Path) -> list[str]:
    """All lines of a rotated log, oldest first; none when there is no log yet."""
    lines: list[str] = []
    for part in (path.with_name(f"{path.name}.1"), path):
        with contextlib.suppress(FileNotFoundError):
            lines += part.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines
