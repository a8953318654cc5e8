"""Where the time goes from a prompt to a verified backend: the todo list and a ten-entity shop.

Times depend on the machine and on who else is at work, so the processor time of everything
(planner, verifier, service, PostgreSQL, mypy) is compared with that of starting a bare FastAPI
service in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from benchmark_load import table
from cpu_meter import CpuMeter, Lap

from local_engine.generator.blueprint import load
from local_engine.generator.planner import plan
from local_engine.projects import Project
from local_engine.runtime.events import Event, StageFinished
from local_engine.runtime.ports import free_port
from local_engine.runtime.preview import verification_controls
from local_engine.verification import Verdict, verify
from local_engine.verification.events import Event as VerificationEvent
from local_engine.verification.events import GroupFinished

pytestmark = pytest.mark.full

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
BARE = """
import sys
import fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/ready")(lambda: None)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""
MOST_STARTS = {"01-todo": 30, "05-online-store": 65}
"""Bounds for the whole; measured: 18 and 43 on a busy machine, where a bare start takes 1.4 s."""


@pytest.mark.parametrize("example", MOST_STARTS)
def test_cost_of_a_verified_backend(example: str, tmp_path: Path) -> None:
    start = min((_bare_start() for _ in range(3)), key=lambda lap: lap.cpu)
    _verified(example, tmp_path / "warm-up")  # initialises the database server, fills caches
    laps = _verified(example, tmp_path / "measured")
    rows = [(lap.stage, lap.wall, lap.cpu, lap.cpu / start.cpu) for lap in (start, *laps)]
    print(table(example, ["stage", "wall s", "CPU s", "in bare starts"], rows))
    assert laps[-1].cpu / start.cpu < MOST_STARTS[example]


def _verified(example: str, folder: Path) -> list[Lap]:
    """The stages of planning, generating and verifying, and their sum."""
    meter = CpuMeter()
    text = plan((EXAMPLES / example / "prompt.txt").read_text()).text
    meter.lap("plan")
    document = load(text)
    application = document.application
    Project.create(folder, document)
    meter.lap("generate")

    def started(event: Event) -> None:
        if isinstance(event, StageFinished):
            meter.lap(f"start: {event.stage}")

    def checked(event: VerificationEvent) -> None:
        if isinstance(event, GroupFinished):
            meter.lap(f"{event.report.group}: {len(event.report.results)} checks")

    with verification_controls(folder, on_event=started) as controls:
        report = verify(application, controls, on_event=checked)
        meter.lap("report")
    meter.lap("stop")
    assert report.verdict is Verdict.PASSED, report.findings
    return [*meter.laps, meter.total()]


def _bare_start() -> Lap:
    """A service without anything: from the start of its process to its first answer."""
    meter, port = CpuMeter(), free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return meter.lap("a bare FastAPI service starts")
    finally:
        process.terminate()
        process.wait(10)
    raise AssertionError("the bare service did not answer")
