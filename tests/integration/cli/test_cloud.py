"""`backend-generator cloud`, and the curl session of docs/deploy.md against it, as written."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cloud_command import facts_of, launch
from deploy_session import run_session
from engine_process import gone_within, new_home


@pytest.fixture
def home() -> Iterator[Path]:
    with new_home() as folder:
        yield folder


def test_the_session_of_the_documentation_works_as_written(home: Path, tmp_path: Path) -> None:
    with launch(home, "--port", "0") as process:
        try:
            facts = facts_of(process)
            run_session(facts["url"], tmp_path)
            assert list(Path(facts["mails"]).glob("*.eml"))
            second = launch(home, "--port", facts["url"].rpartition(":")[2])
            assert second.wait(60) == 3
            assert second.stdout is not None
            assert "something else listens" in json.load(second.stdout)["error"]["message"]
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
    with launch(home, "--port", "0") as again:
        try:
            url = facts_of(again)["url"]
            form = {"username": "test@example.com", "password": "Test123!"}
            assert httpx.post(f"{url}/auth/login", data=form).status_code == 200
            again.kill()
            assert gone_within(again, 10) is not None
            _wait_until_gone(url)
        finally:
            again.kill()


def _wait_until_gone(url: str) -> None:
    """The service ends with the command, even when that is killed."""
    import time

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/health", timeout=5)
        except httpx.TransportError:
            return
        time.sleep(0.1)
    raise AssertionError("the service outlived the command")
