"""How soon a started engine answers, frozen and not, and what it needs while it does nothing."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from benchmark_load import table
from engine_process import launch, new_home, ready_line, running_engine
from frozen_engine import engine_under_test, moved_tree

pytestmark = pytest.mark.full

STARTS = 10
RATIO, SECONDS, MEGABYTES = 1.1, 0.7, 80


@pytest.fixture(scope="module")
def tree() -> Iterator[Path]:
    with moved_tree() as moved:
        yield moved


def test_starting(tree: Path) -> None:
    measured: dict[str, list[tuple[float, float]]] = {"python": [], "frozen": []}
    for number in range(STARTS + 1):
        for name, program in (("python", None), ("frozen", tree)):
            with engine_under_test(program), new_home() as home:
                figures = start(home)
            if number:  # the first start reads the files
                measured[name].append(figures)
    wall = {name: statistics.median(one for one, _ in all_) for name, all_ in measured.items()}
    cpu = {name: statistics.median(one for _, one in all_) for name, all_ in measured.items()}
    rows = [(name, wall[name] * 1000, cpu[name] * 1000) for name in measured]
    ratio = ("frozen / python", wall["frozen"] / wall["python"], cpu["frozen"] / cpu["python"])
    columns = ["engine", "ms to the first answer", "ms of CPU until then"]
    print(table("Start", columns, [*rows, ratio]))
    assert cpu["frozen"] <= RATIO * cpu["python"]
    assert max(cpu.values()) < SECONDS


def start(home: Path) -> tuple[float, float]:
    """Seconds from the start to the first answer of /health, and of CPU time meanwhile."""
    began = time.perf_counter()
    process = launch(home)
    with process:
        facts = ready_line(process)
        connection = http.client.HTTPConnection("127.0.0.1", facts["port"])
        connection.request("GET", "/health")
        assert connection.getresponse().status == http.client.OK
        seconds = time.perf_counter() - began
        times = psutil.Process(process.pid).cpu_times()
        connection.close()
        process.kill()
    return seconds, times.user + times.system


def test_doing_nothing(tree: Path) -> None:
    rows = []
    for name, program in (("python", None), ("frozen", tree)):
        with engine_under_test(program), new_home() as home:
            rows.append((name, megabytes(home)))
    print(table("Memory when idle", ["engine", "MB"], rows))
    assert max(size for _, size in rows) < MEGABYTES


def megabytes(home: Path) -> float:
    """Resident memory of an engine whose API is loaded and that nobody asks anything."""
    with running_engine(home) as engine:
        while not engine.client.get("/health").json()["loaded"]:
            time.sleep(0.05)
        assert engine.client.get("/api/v1/projects").status_code == http.client.OK
        time.sleep(1.0)
        return psutil.Process(engine.process.pid).memory_info().rss / 1e6
