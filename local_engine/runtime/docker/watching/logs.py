"""The logs of all parts as one, in the order of time; followed, if that is wanted."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from local_engine.runtime.docker.client import engine_time
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.watching.lines import Line, Wanted, read_line

if TYPE_CHECKING:
    from docker import APIClient
    from docker.types.daemon import CancellableStream

_PAUSE_SECONDS = 0.2
_JUST_AFTER = timedelta(microseconds=1)


def read_logs(
    client: APIClient,
    deployment: Deployment,
    wanted: Wanted,
    *,
    since: datetime | None = None,
    last: int | None = None,
) -> list[Line]:
    """The lines that are wanted, the oldest first; at most the `last` ones."""
    found = (
        line
        for part, container in deployment.parts.items()
        for line in _lines(client, part, container.id, since)
        if wanted.takes(line)
    )
    # Those of one part too: its two outputs are not stamped in the order in which they are kept.
    lines = sorted(found, key=lambda line: line.time)
    return lines if last is None else lines[-last:] if last else []


def follow_logs(
    client: APIClient,
    deployment: Deployment,
    wanted: Wanted,
    *,
    since: datetime | None = None,
    ended: threading.Event | None = None,
) -> Iterator[Line]:
    """What is written from now on, or `since` a time, until `ended` or the containers are gone.

    A thread a part waits for its lines; one that was restarted goes on where it was.
    """
    following = _Following(client, ended or threading.Event())
    begin = since or engine_time(client)
    threads = [
        threading.Thread(target=following.follow, args=(part, container.id, begin), daemon=True)
        for part, container in deployment.parts.items()
    ]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left and not following.stop.is_set():
            try:
                line = following.lines.get(timeout=_PAUSE_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                left -= 1
            elif wanted.takes(line):
                yield line
    finally:
        following.end()


def _lines(client: APIClient, part: str, identity: str, since: datetime | None) -> Iterator[Line]:
    said = client.logs(identity, timestamps=True, since=_stamp(since), stream=False)
    for raw in said.decode(errors="replace").splitlines():
        if (line := read_line(part, raw)) is not None:
            yield line


class _Following:
    """What the threads of one who follows share: until `stop`, `lines` holds what they hear."""

    def __init__(self, client: APIClient, stop: threading.Event) -> None:
        self._client = client
        self._streams: list[CancellableStream[bytes]] = []
        self.stop = stop
        self.lines: queue.Queue[Line | None] = queue.Queue(maxsize=10_000)

    def end(self) -> None:
        """Let all threads end: one that waits for a line would do so until there is one."""
        self.stop.set()
        for stream in list(self._streams):
            with contextlib.suppress(OSError):
                stream.close()

    def follow(self, part: str, identity: str, since: datetime) -> None:
        """Hand on what a container writes, and None at its end."""
        from docker.errors import NotFound

        try:
            while not self.stop.is_set():
                for line in self._heard(part, identity, since):
                    self._hand_on(line)
                    since = line.time + _JUST_AFTER
                if not self.stop.is_set():
                    self._client.inspect_container(identity)  # gone for good, or at rest for now
                    time.sleep(_PAUSE_SECONDS)
        except (NotFound, OSError):
            return
        finally:
            self._hand_on(None)

    def _hand_on(self, line: Line | None) -> None:
        while not self.stop.is_set():
            with contextlib.suppress(queue.Full):
                self.lines.put(line, timeout=_PAUSE_SECONDS)
                return

    def _heard(self, part: str, identity: str, since: datetime) -> Iterator[Line]:
        stream = self._client.logs(
            identity, timestamps=True, since=_stamp(since), stream=True, follow=True
        )
        self._streams.append(stream)
        if self.stop.is_set():
            stream.close()
        rest = ""
        try:
            for piece in stream:
                *whole, rest = (rest + piece.decode(errors="replace")).split("\n")
                for raw in whole:
                    line = read_line(part, raw)
                    if line is not None and line.time >= since:
                        yield line
        finally:
            self._streams.remove(stream)
            stream.close()


def _stamp(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()
