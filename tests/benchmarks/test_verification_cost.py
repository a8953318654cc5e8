"""Where the time goes from a prompt to a verified backend: the todo list and a ten-entity shop.

Times depend on the machine and on who else is at work, so the processor time of everything
(planner, verifier, service, PostgreSQL, mypy) is compared with that of starting a bare FastAPI
service in the same run.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from bare_service import cheapest_start
from benchmark_load import table
from cpu_meter import CpuMeter, Lap

from local_engine.generator.blueprint import load
from local_engine.generator.planner import plan
from local_engine.projects import Project
from local_engine.runtime.events import Event, StageFinished
from local_engine.runtime.verifying import verify_project
from local_engine.verification import Verdict
from local_engine.verification.events import Event as VerificationEvent
from local_engine.verification.events import GroupFinished

pytestmark = pytest.mark.full

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MOST_STARTS = {"01-todo": 10, "05-online-store": 27}
"""Bounds for the whole. They take 8.1 and 23; they took 9.7 and 27 when each start of the service
imported the project anew, and 13 for the todo list while forks took themselves apart."""


@pytest.mark.parametrize("example", MOST_STARTS)
def test_cost_of_a_verified_backend(example: str, tmp_path: Path) -> None:
    start = cheapest_start()
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

    report = verify_project(application, folder, on_stage=started, on_event=checked)
    meter.lap("stop")
    assert report.verdict is Verdict.PASSED, report.findings
    return [*meter.laps, meter.total()]
