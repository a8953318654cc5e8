"""Starts a real engine as a process, for tests that see it from outside only.

`BACKEND_GENERATOR_ENGINE` names the program to test, a frozen engine: it then finds no Python, no
other program and no home folder. Without the variable, the tests run `python -m local_engine`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from plain_signals import heed_interruptions

from local_engine.runtime.own_process import own_environment

PROGRAM = "BACKEND_GENERATOR_ENGINE"
TOKEN = "a-token-for-tests-0123456789"
END_SECONDS = 20.0


def engine_command() -> list[str]:
    """The engine to test."""
    program = os.environ.get(PROGRAM)
    return shlex.split(program) if program else [sys.executable, "-m", "local_engine"]


class EngineProcess:
    """An engine that runs; `client` sends its token."""

    def __init__(self, process: subprocess.Popen[str], ready: Mapping[str, Any]) -> None:
        self.process = process
        self.ready = ready
        self.url = str(ready["url"])
        self.client = self.new_client(TOKEN)

    def new_client(self, token: str | None) -> httpx.Client:
        """Another client, with another token or none."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30.0, trust_env=False)

    def stop(self) -> int:
        """End it by closing its standard input, and give its exit code."""
        self.client.close()
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(END_SECONDS)

    def kill(self) -> None:
        """End it with no chance to do anything."""
        self.process.kill()
        self.process.wait(END_SECONDS)


def command_line() -> list[str]:
    """The command line to test: that of the frozen engine, or of this checkout."""
    if not os.environ.get(PROGRAM):
        return [sys.executable, "-m", "local_engine.cli.main"]
    engine = Path(engine_command()[0])
    return [str(engine.with_name(f"backend-generator{engine.suffix}"))]


def environment_for(home: Path, **further: str) -> dict[str, str]:
    """The environment of an engine with this data folder."""
    bare = {"PATH": str(home / "nothing"), "HOME": ""}
    inherited = bare if os.environ.get(PROGRAM) else own_environment()
    projects = {"BACKEND_GENERATOR_PROJECTS": str(home / "projects")}
    return inherited | projects | {"BACKEND_GENERATOR_HOME": str(home)} | further


def launch(
    home: Path, *arguments: str, token: str | None = TOKEN, **further: str
) -> subprocess.Popen[str]:
    """Start an engine without waiting for it."""
    environment = environment_for(home, **further)
    if token is not None:
        environment["BACKEND_GENERATOR_TOKEN"] = token
    return subprocess.Popen(
        [*engine_command(), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
        preexec_fn=heed_interruptions,
    )


def ready_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What the process says when it is ready; fails with its words if it ends instead."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, said = process.communicate()
        raise AssertionError(f"the engine ended with {process.returncode}: {said}")
    facts: dict[str, Any] = json.loads(line)
    return facts


@contextlib.contextmanager
def running_engine(home: Path, *arguments: str, **further: str) -> Iterator[EngineProcess]:
    """An engine with this data folder, until the end of the block."""
    process = launch(home, *arguments, **further)
    with process:
        try:
            engine = EngineProcess(process, ready_line(process))
            yield engine
            if process.poll() is None:
                engine.stop()
        finally:
            process.kill()


@contextlib.contextmanager
def new_home(word: str = "home") -> Iterator[Path]:
    """A data folder that PostgreSQL's own account can get into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True) as parent:
        Path(parent).chmod(0o711)
        home = Path(parent) / word
        home.mkdir(mode=0o711)
        yield home
        _stop_databases(home)


def _stop_databases(home: Path) -> None:
    from local_engine.runtime.postgres import PostgresServer

    for storage in home.glob("*/storage"):
        PostgresServer(storage.parent).remove()


def gone_within(process: subprocess.Popen[str], seconds: float) -> float | None:
    """After how many seconds the process had ended; None if it has not."""
    started = time.monotonic()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    return time.monotonic() - started
