"""The emitter's output, byte for byte, for the Blueprints that are kept with theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import golden
import pytest


@pytest.mark.parametrize("name", golden.SOURCES)
def test_the_project_is_the_one_that_is_kept(name: str) -> None:
    changed = golden.differences(name)
    assert not changed, (
        f"{len(changed)} files differ, such as {changed[0]}; if that is meant: "
        "python tests/support/golden.py --update"
    )


def test_the_same_blueprint_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    script = (
        "import golden, hashlib, sys\n"
        "tree = golden.emitted('clinics')\n"
        "digest = hashlib.sha256(b''.join(p.encode() + c for p, c in tree.items()))\n"
        "sys.stdout.write(digest.hexdigest())\n"
    )
    digests = set()
    for seed in ("0", "1", "4711"):
        path = os.pathsep.join([str(golden.ROOT), str(golden.ROOT / "tests/support")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path, "TZ": "Asia/Tokyo"}
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_a_changed_file_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = golden.kept("todo")
    kept["app/todos/access.py"] += b"\n"
    del kept["README.md"]
    monkeypatch.setattr(golden, "kept", lambda _: kept)
    assert golden.differences("todo") == ["README.md", "app/todos/access.py"]


def test_a_fixed_part_that_is_missing_or_changed_on_the_way_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = dict(golden.emitted("todo"))
    files["app/core/db.py"] += b"\n"
    del files["app/core/errors.py"]
    monkeypatch.setattr(golden, "emitted", lambda _: files)
    assert golden.differences("todo") == ["app/core/db.py", "app/core/errors.py"]
