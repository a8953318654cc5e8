"""The command line as a user calls it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from engine_process import command_line


def run(
    *arguments: str, cwd: Path, code: int = 0, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the command with `given` as standard input; fails at another exit code."""
    result = subprocess.run(
        [*command_line(), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        input=given,
        timeout=300,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def run_json(*arguments: str, cwd: Path, code: int = 0, given: str = "") -> Any:
    """The same with `--json`: the document on standard output."""
    return json.loads(run(*arguments, "--json", cwd=cwd, code=code, given=given).stdout)
