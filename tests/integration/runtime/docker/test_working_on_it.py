"""A service whose code is being worked on: saved, answered; broken, said; mended, answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from generated_project import make_project

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.deploying import Wish, deploy
from local_engine.runtime.docker.deployment import Deployment
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.watching.lines import Wanted
from local_engine.runtime.docker.watching.logs import read_logs

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

RELOAD_SECONDS = 2.0


@pytest.fixture
def project(tmp_path: Path, left: Callable[[], list[str]]) -> Iterator[Path]:
    folder = make_project(tmp_path / "todo")
    yield folder
    managing.remove(folder, data=True)
    assert left() == []


def title(deployment: Deployment) -> str:
    return str(httpx.get(f"{deployment.url}/openapi.json", timeout=10).json()["info"]["title"])


def processor_seconds(engine: APIClient, container: str) -> float:
    """How long a container has used a processor."""
    stats = engine.stats(container, stream=False, one_shot=True)
    return float(stats["cpu_stats"]["cpu_usage"]["total_usage"]) / 1e9


def until(deployment: Deployment, wanted: str) -> float:
    """How many seconds it takes until the new code answers."""
    began = time.monotonic()
    while time.monotonic() - began < 30:
        try:
            if title(deployment) == wanted:
                return time.monotonic() - began
        except (httpx.HTTPError, ValueError):
            pass
        time.sleep(0.02)
    raise AssertionError(f"never answered as {wanted}")


def test_what_is_saved_answers(engine: APIClient, project: Path) -> None:
    deployment = deploy(Wish(project, worked_on=True))
    main = project / "app" / "main.py"
    code = main.read_text()
    before = title(deployment)
    service = deployment.parts[Part.SERVICE].id
    times, spent = [], processor_seconds(engine, service)
    for number in range(3):
        main.write_text(code.replace(f'title="{before}"', f'title="Changed {number}"'))
        times.append(until(deployment, f"Changed {number}"))
    cost = (processor_seconds(engine, service) - spent) / len(times)
    print(f"from saving to the new code answering: {[f'{one:.2f} s' for one in times]}, ", end="")
    print(f"{cost:.2f} s of one processor each")
    assert cost < RELOAD_SECONDS  # wall time is the machine's business
    main.write_text("this is no Python\n")
    time.sleep(1)
    main.write_text(code)
    until(deployment, before)
    errors = read_logs(engine, deployment, Wanted(text="SyntaxError"))
    assert [line.part for line in errors] == ["service"]
    assert engine.inspect_container(deployment.parts[Part.SERVICE].id)["RestartCount"] == 0
    after = deploy(Wish(project))
    changed = {part for part in after.parts if after.parts[part].id != deployment.parts[part].id}
    assert changed == {Part.SERVICE}
    assert not engine.inspect_container(after.parts[Part.SERVICE].id)["HostConfig"]["Binds"]
