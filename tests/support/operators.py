"""Runs what the READMEs of exports for operators say, word for word."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SECONDS = 400


def fences(folder: Path) -> list[str]:
    """The commands of a README, fence by fence."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def carry_out(
    commands: str, folder: Path, environment: Mapping[str, str], instead: Mapping[str, str]
) -> str:
    """Run commands in a folder as a person would who fills in what is `instead`; what they say."""
    for old, new in instead.items():
        assert old in commands, f"no more in the README: {old}"
        commands = commands.replace(old, new)
    done = subprocess.run(
        ["sh", "-euc", commands],
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def wait_for(
    folder: Path, environment: Mapping[str, str], question: str, answer: str, why: str = "true"
) -> None:
    """Ask a command every half second until it says this, for four minutes; then `why` not."""
    ask = f"for i in $(seq 480); do [ \"$({question})\" = '{answer}' ] && exit; sleep 0.5; done"
    carry_out(f"{ask}\n{question}\n{why}\nexit 1", folder, environment, {})
