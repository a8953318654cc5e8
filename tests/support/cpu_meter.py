"""Time that passes, and what this process and all its descendants spend of processors."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True)
class Lap:
    """One stage: seconds by the clock, and of processors (user and system, all processes)."""

    stage: str
    wall: float
    cpu: float


@dataclass
class CpuMeter:
    """Measures stage after stage. A descendant counts while it lives and after it was waited for.

    What one that nobody waits for has spent is lost, so daemons have to be descendants.
    """

    laps: list[Lap] = field(default_factory=list)
    _wall: float = field(default_factory=time.perf_counter)
    _cpu: float = field(default_factory=lambda: _spent())

    def lap(self, stage: str) -> Lap:
        """Say that a stage has ended, and the next begins."""
        wall, cpu = time.perf_counter(), _spent()
        lap = Lap(stage, wall - self._wall, cpu - self._cpu)
        self.laps.append(lap)
        self._wall, self._cpu = wall, cpu
        return lap

    def total(self) -> Lap:
        """All laps together."""
        return Lap("total", sum(one.wall for one in self.laps), sum(one.cpu for one in self.laps))


def _spent() -> float:
    """Seconds so far, of this process, of ended children, and of all descendants that live."""
    own = psutil.Process()
    spent = 0.0
    for process in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent
