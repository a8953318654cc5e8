"""The README's costly commands, run by their own words from the checkout, as a new user would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from repository_rules import ROOT

pytest.importorskip("local_engine.cli.main")

SECONDS = 180  # generous: a cold PostgreSQL on a busy machine


@pytest.fixture
def home() -> Iterator[dict[str, str]]:
    """An environment whose data folders are empty and, unlike pytest's own, open to read.

    Run by root, PostgreSQL belongs to another user, who must be able to pass through.
    """
    with tempfile.TemporaryDirectory(prefix="readme-") as folder:
        Path(folder).chmod(0o755)
        places = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        yield {**os.environ, "HOME": folder, **{place: f"{folder}/{place}" for place in places}}


def test_make_demo(home: dict[str, str]) -> None:
    _runs_until_interrupted(["make", "demo"], home)


@pytest.mark.full
def test_make_demo_with_a_prompt(home: dict[str, str]) -> None:
    prompt = "A blog where only the author edits a post"
    _runs_until_interrupted(["make", "demo", f"PROMPT={prompt}"], home)


@pytest.mark.full
def test_the_launcher(home: dict[str, str]) -> None:
    command = ["create", "A simple todo API", "--run", "--verify"]
    _runs_until_interrupted(["python3", "backend-generator", *command], home)


def test_help() -> None:
    result = subprocess.run(
        ["./backend-generator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = re.findall(r"`(\w+)`", _command_column())
    assert told
    assert [name for name in told if not re.search(rf"\b{name}\b", result.stdout)] == []


def _command_column() -> str:
    table = (ROOT / "README.md").read_text().partition("| command | does |")[2]
    rows = table.partition("\n\n")[0].splitlines()
    return "\n".join(row.split("|")[1] for row in rows if row.count("|") > 2)


def _runs_until_interrupted(command: list[str], environment: dict[str, str]) -> None:
    """The command verifies a backend, serves it, and ends cleanly at Ctrl-C."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C reaches a whole process group
    )
    watchdog = threading.Timer(SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    output = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            output += line
            if "Ctrl-C" in line:  # the last line says how to end it
                break
        address = re.search(r"http://127\.0\.0\.1:\d+", output)
        assert address, output
        assert httpx.get(f"{address[0]}/ready").status_code == 200
        assert re.search(r"\b0 failed\b", output), output
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        process.wait()
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{address[0]}/health")
    finally:
        watchdog.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
