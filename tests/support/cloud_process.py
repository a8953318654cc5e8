"""The cloud as a real process, for what only a process can show: its start, its end, its logs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from plain_signals import heed_interruptions

from local_engine.runtime.own_process import own_environment

SECRET = "K7v9sQ2mX4bN8cR1tY6uW3eZ5aD0fG+h/JkLpMoI"
START_SECONDS = 60.0
_VARIABLES = ("PLATFORM_", "CORS_", "SMTP_", "MAIL_", "PORT", "LOG_LEVEL", "FORWARDED_", "OTEL_")


def environment(**chosen: str) -> dict[str, str]:
    """The environment of a cloud with these settings and no others."""
    kept = {k: v for k, v in own_environment().items() if not k.startswith(_VARIABLES)}
    return kept | chosen


def run_command(*arguments: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the cloud to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cloud_api", *arguments],
        env=environment(**chosen),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )


class CloudProcess:
    """A cloud that runs; `log` grows while it does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = ""
        self.log: list[str] = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line)
            if line.startswith('{"url"'):
                self.url = json.loads(line)["url"]
                self._ready.set()
        self._ready.set()

    def wait_until_ready(self) -> None:
        """Wait for its address. Fails with its words if it ends instead."""
        assert self._ready.wait(START_SECONDS)
        assert self.url, "".join(self.log)

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for its end; gives the exit code."""
        code = self.process.wait(seconds)
        self._reader.join(10)
        return code

    def lines(self) -> list[dict[str, Any]]:
        """Its log so far."""
        return [json.loads(line) for line in self.log]


@contextlib.contextmanager
def cloud_process(database_url: str, **chosen: str) -> Iterator[CloudProcess]:
    """A cloud on this database as in production, until the end of the block."""
    settings = {
        "PLATFORM_DATABASE_URL": database_url,
        "PLATFORM_SECRET_KEY": SECRET,
        "PLATFORM_HOST": "127.0.0.1",
        "PORT": "0",
        "PLATFORM_DRAIN_SECONDS": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "cloud_api", "serve", "--announce"],
        env=environment(**{**settings, **chosen}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=heed_interruptions if os.name != "nt" else None,
    )
    with process:
        cloud = CloudProcess(process)
        try:
            cloud.wait_until_ready()
            yield cloud
        finally:
            process.kill()
