"""`backend-generator cloud`, and the curl session of docs/deploy.md against it, as written."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from deploy_session import run_session
from engine_process import command_line, environment_for, gone_within, new_home
from plain_signals import heed_interruptions


@pytest.fixture
def home() -> Iterator[Path]:
    with new_home() as folder:
        yield folder


def launch(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command_line(), "cloud", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_for(home),
        preexec_fn=heed_interruptions,
    )


def facts_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The JSON document that the command prints once the cloud answers."""
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            found: dict[str, Any] = json.loads(text)
            return found
    raise AssertionError(process.stderr.read() if process.stderr else "")


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
