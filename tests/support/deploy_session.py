"""The curl session of docs/deploy.md, run as written against some cloud."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from repository_rules import ROOT

_SESSION = re.compile(r"<!-- session -->\n```sh\n(.*?)```", re.DOTALL)


def run_session(url: str, folder: Path) -> str:
    """Run it in a folder, which then holds what it downloads; gives what it printed."""
    assert shutil.which("curl"), "the session is one of curl"
    found = _SESSION.search((ROOT / "docs" / "deploy.md").read_text("utf-8"))
    assert found
    assert 'CLOUD="${CLOUD:-http://127.0.0.1:8000}"' in found[1]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", found[1]],
        env={**os.environ, "CLOUD": url},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"status":"ok"' in done.stdout
    assert '"status":"succeeded"' in done.stdout
    assert (folder / "project.zip").stat().st_size > 10_000
    return done.stdout
