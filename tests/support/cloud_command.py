"""`backend-generator cloud` as a process: the cloud with a database of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine_process import command_line, environment_for
from plain_signals import heed_interruptions


def launch(home: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start it with `--json`."""
    return subprocess.Popen(
        [*command_line(), "cloud", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_for(home, **environment),
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


@contextlib.contextmanager
def cloud_command(home: Path, **environment: str) -> Iterator[dict[str, Any]]:
    """One that runs on a free port until the end of the block; gives its document."""
    with launch(home, "--port", "0", **environment) as process:
        try:
            yield facts_of(process)
        finally:
            process.terminate()
            process.wait(60)
