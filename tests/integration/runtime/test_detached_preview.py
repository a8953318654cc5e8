"""Previews that outlive the command that started them, and what kills of any part leave."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import httpx
import pytest
from killing import alive, eventually, line_of, python

from local_engine.runtime.events import Event, StageFinished
from local_engine.runtime.preview import (
    Preview,
    PreviewError,
    PreviewState,
    list_previews,
    start_detached,
    stop_all,
    stop_preview,
)
from local_engine.runtime.preview.registry import preview_server, request_stop

pytestmark = pytest.mark.usefixtures("nothing_left_running")

OWN = """
import sys
from pathlib import Path
from local_engine.runtime.preview import Preview
preview = Preview.start(Path(sys.argv[1]))
print(preview.pid, flush=True)
input()
"""
LEAVE = """
import sys
from pathlib import Path
from local_engine.runtime.preview import start_detached
print(start_detached(Path(sys.argv[1])).url, flush=True)
"""
LEAVE_FORKED = """
import sys
from pathlib import Path
from local_engine.runtime.guarding.forking import forking
from local_engine.runtime.preview import start_detached
with forking() as server:
    url = start_detached(Path(sys.argv[1]), forks=server and server.first).url
print(url, flush=True)
"""


def parts_of(state: PreviewState) -> list[int]:
    assert state.guard is not None
    assert state.pid is not None
    return [state.owner.pid, state.guard.pid, state.pid]


@pytest.mark.parametrize("leave", [LEAVE, LEAVE_FORKED])
def test_it_stays_when_its_starter_has_ended_and_others_find_it(
    sample_project: Path, leave: str
) -> None:
    with python(leave, str(sample_project)) as starter:
        url = line_of(starter)
        assert starter.wait(10) == 0
    assert httpx.get(f"{url}/health").status_code == 200
    [state] = list_previews()
    assert (state.url, state.project, state.detached) == (url, str(sample_project), True)
    assert all(map(alive, parts_of(state)))
    with pytest.raises(PreviewError, match=f"runs already, at {url}"):
        Preview.start(sample_project)
    with pytest.raises(PreviewError, match=f"runs already, at {url}"):
        start_detached(sample_project)
    assert stop_preview(sample_project) == state
    assert list_previews() == []
    assert eventually(lambda: not any(map(alive, parts_of(state))), 2)


def test_its_starter_hears_how_far_it_is_and_why_it_fails(sample_project: Path) -> None:
    events: list[Event] = []
    start_detached(sample_project, on_event=events.append, settings={"ACCESS_TOKEN_SECONDS": "3"})
    [state] = stop_all()
    assert state.project == str(sample_project)
    stages = [event.stage for event in events if isinstance(event, StageFinished)]
    assert stages == ["database", "migrate", "serve"]
    (sample_project / "app" / "service.py").write_text("raise RuntimeError('the cake is burnt')")
    with pytest.raises(PreviewError, match=r"(?s)exit code 1.*the cake is burnt"):
        start_detached(sample_project)


def test_an_interrupted_start_is_taken_back(sample_project: Path) -> None:
    def interrupt(_: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start_detached(sample_project, on_event=interrupt)
    assert list_previews() == []
    assert not preview_server().running


@pytest.mark.parametrize("own", [LEAVE, LEAVE_FORKED, OWN])
def test_nothing_outlives_a_killed_owner_by_two_seconds(sample_project: Path, own: str) -> None:
    with python(own, str(sample_project)) as starter:
        line_of(starter)
        [state] = list_previews()
        os.kill(state.owner.pid, signal.SIGKILL)
        killed = time.monotonic()
        pid = state.pid or 0
        assert eventually(lambda: not alive(pid), 2)
    assert time.monotonic() - killed < 2
    # The database server is not left running for nobody either, without anybody asking.
    assert eventually(lambda: not preview_server().running, 5)
    assert list_previews() == []


def test_a_killed_guard_takes_the_service_along(sample_project: Path) -> None:
    preview = Preview.start(sample_project)
    assert preview.state.guard is not None
    pid = preview.pid
    os.kill(preview.state.guard.pid, signal.SIGKILL)
    assert preview.wait() == -signal.SIGKILL
    assert eventually(lambda: not alive(pid), 2)


def test_a_preview_that_was_killed_whole_can_be_started_again(sample_project: Path) -> None:
    state = start_detached(sample_project)
    assert state.url is not None
    httpx.post(f"{state.url}/notes", json={"title": "kept"})
    data = (preview_server().directory / "storage" / "data").resolve()
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    for pid in [*parts_of(state), postmaster]:
        os.kill(pid, signal.SIGKILL)
    again = start_detached(sample_project)
    assert httpx.get(f"{again.url}/notes").json() == ["kept"]
    stop_all()


def test_a_stop_while_it_starts_is_obeyed(sample_project: Path) -> None:
    """The request comes when there is no service yet that could be told."""
    stopped: list[PreviewState] = []

    def on_event(event: Event) -> None:
        if isinstance(event, StageFinished) and event.stage == "database":
            [state] = list_previews()
            assert state.status == "starting"
            request_stop(state)
            stopped.append(state)

    with pytest.raises(PreviewError, match="was stopped while it started"):
        Preview.start(sample_project, on_event=on_event)
    assert stopped
    assert list_previews() == []
