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
    stop = ended or threading.Event()
    lines: queue.Queue[Line | None] = queue.Queue(maxsize=10_000)
    begin = since or engine_time(client)
    threads = [
        threading.Thread(
            target=_follow, args=(client, part, container.id, begin, lines, stop), daemon=True
        )
        for part, container in deployment.parts.items()
    ]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left and not stop.is_set():
            try:
                line = lines.get(timeout=_PAUSE_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                left -= 1
            elif wanted.takes(line):
                yield line
    finally:
        stop.set()


def _lines(client: APIClient, part: str, identity: str, since: datetime | None) -> Iterator[Line]:
    said = client.logs(identity, timestamps=True, since=_stamp(since), stream=False)
    for raw in said.decode(errors="replace").splitlines():
        if (line := read_line(part, raw)) is not None:
            yield line


def _follow(
    client: APIClient,
    part: str,
    identity: str,
    since: datetime,
    lines: queue.Queue[Line | None],
    stop: threading.Event,
) -> None:
    from docker.errors import NotFound

    try:
        while not stop.is_set():
            for line in _stream(client, part, identity, since):
                lines.put(line)
                since = line.time + _JUST_AFTER
                if stop.is_set():
                    return
            client.inspect_container(identity)  # gone for good, or just not running now
            time.sleep(_PAUSE_SECONDS)
    except (NotFound, OSError):
        return
    finally:
        lines.put(None)


def _stream(client: APIClient, part: str, identity: str, since: datetime) -> Iterator[Line]:
    stream = client.logs(identity, timestamps=True, since=_stamp(since), stream=True, follow=True)
    with contextlib.closing(stream):
        rest = ""
        for piece in stream:
            *whole, rest = (rest + piece.decode(errors="replace")).split("\n")
            for raw in whole:
                line = read_line(part, raw)
                if line is not None and line.time >= since:
                    yield line


def _stamp(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()
