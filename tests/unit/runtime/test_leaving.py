"""Ending in order, whatever became of the output."""

from __future__ import annotations

import subprocess
import sys

import pytest

LEAVE = "from local_engine.runtime.leaving import leave; leave(3)"


@pytest.mark.parametrize("closed", ["", "<&-", ">&-", "2>&-", ">&- 2>&-"])
def test_the_code_is_told_also_without_output(closed: str) -> None:
    shell = ["/bin/sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, LEAVE]
    assert subprocess.run(shell, check=False, timeout=60).returncode == 3
