"""The README of an emitted project: every command in it, as it stands there, in one shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import golden
import pytest

from local_engine.generator.emit import write
from local_engine.runtime.ports import free_port
from local_engine.runtime.postgres import PostgresServer

_DATABASE = "postgresql://app:password@127.0.0.1:5432/app"
_SERVE = "python -m app serve --port 8000"
_WORK = "python -m app worker"


def commands(readme: str) -> list[str]:
    """The lines of its code blocks; Docker has tests of its own."""
    lines = [line[4:] for line in readme.splitlines() if line.startswith("    ")]
    return [line for line in lines if not line.startswith("docker ")]


def script(readme: str, database_url: str, port: int) -> str:
    """A shell script of the commands; those that would never end run beside the others."""
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"]
    for line in commands(readme):
        if line == _SERVE:
            lines += [
                f"{line.replace('8000', str(port))} & served=$!",
                f"for _ in $(seq 300); do {_asks(port)} 2>/dev/null && break; sleep 0.2; done",
                _asks(port),
            ]
        elif line == _WORK:
            lines += [f"{line} & works=$!", "sleep 5", "kill $works", "wait $works"]
        else:
            lines.append(line.replace(_DATABASE, database_url))
    lines += ["kill $served", "wait $served", "echo ALL DONE"]
    return "\n".join(lines)


def _asks(port: int) -> str:
    url = f"http://127.0.0.1:{port}/ready"
    return f"python -c 'import urllib.request as r; r.urlopen(\"{url}\")'"


@pytest.mark.parametrize("name", golden.SOURCES)
def test_there_is_one_form_of_commands(name: str) -> None:
    readme = golden.emitted(name).text("README.md")
    found = "\n".join(commands(readme))
    assert _DATABASE in found
    assert _SERVE in found
    assert ".venv/bin/python" not in readme
    assert re.findall(r"(?<!python )-m app", found) == []


@pytest.mark.full
@pytest.mark.parametrize("name", ["everything", "bakery"])
def test_every_command_works(name: str, tmp_path: Path, postgres_server: PostgresServer) -> None:
    write(golden.emitted(name), tmp_path)
    database = postgres_server.create_database(f"readme_{name}")
    text = script((tmp_path / "README.md").read_text(), database.url, free_port())
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=tmp_path,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for told in ("applied  0002_initial", "admin@example.com", "demo data is in place", "ALL DONE"):
        assert told in done.stdout
    assert re.search(r"\d+ passed", done.stdout)
    postgres_server.drop_database(database.name)
