"""A few clients that read and write without a pause, and remember every answer."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx


@dataclass
class Load:
    """What was answered so far: statuses (0: no answer), times in seconds, ids of projects."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    created: list[str] = field(default_factory=list)

    def wait_for(self, more: int, within: float = 60.0) -> None:
        """Wait until so many more requests have been answered well."""
        wanted = self.statuses[200] + more
        deadline = time.monotonic() + within
        while self.statuses[200] < wanted:
            assert time.monotonic() < deadline, self.statuses
            time.sleep(0.02)


@contextlib.contextmanager
def constant_load(url: str, token: str, clients: int = 4, writing: bool = True) -> Iterator[Load]:
    """Load on a cloud until the end of the block: reads, and every fifth time a new project."""
    load, stopped = Load(), threading.Event()
    threads = [
        threading.Thread(target=_work, args=(url, token, load, stopped, writing), daemon=True)
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stopped.set()
        for thread in threads:
            thread.join(60)


def _work(url: str, token: str, load: Load, stopped: threading.Event, writing: bool) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    number = 0
    with httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
        while not stopped.is_set():
            number += 1
            began = time.perf_counter()
            wanted = str(uuid.uuid4())
            try:
                if writing and number % 5 == 0:
                    answer = client.post("/projects", json={"id": wanted, "name": "Load"})
                    status = 200 if answer.status_code == 201 else answer.status_code
                    if status == 200:
                        load.created.append(wanted)
                else:
                    status = client.get("/auth/me").status_code
            except httpx.TransportError:
                status = 0
            load.seconds.append(time.perf_counter() - began)
            load.statuses[status] += 1
            if status != 200:
                time.sleep(0.05)
