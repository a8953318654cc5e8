"""The README's costly commands, run by their own words from the checkout, as a new user would."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from repository_rules import ROOT

SECONDS = 180  # generous: a cold PostgreSQL on a busy machine


@pytest.fixture
def home() -> Iterator[dict[str, str]]:
    """An environment whose data folders are empty and, unlike pytest's own, open to read.

    Run by root, PostgreSQL belongs to another user, who must be able to pass through.
    """
    with tempfile.TemporaryDirectory(prefix="readme-") as folder:
        Path(folder).chmod(0o755)
        places = ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        yield {
            **os.environ,
            "HOME": folder,
            "BACKEND_GENERATOR_PROJECTS": f"{folder}/projects",
            **{place: f"{folder}/{place}" for place in places},
        }


def test_make_demo(home: dict[str, str]) -> None:
    _runs_and_stays(["make", "demo"], home)


@pytest.mark.full
def test_make_demo_with_a_prompt(home: dict[str, str]) -> None:
    prompt = "A blog where only the author edits a post"
    _runs_and_stays(["make", "demo", f"PROMPT={prompt}"], home)


@pytest.mark.full
def test_the_launcher(home: dict[str, str]) -> None:
    command = ["create", "A simple todo API", "--run", "--verify"]
    _runs_and_stays(["python3", "backend-generator", *command], home)


def test_help() -> None:
    result = subprocess.run(
        ["./backend-generator", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = re.findall(r"`(\w+)`", _command_column())
    assert told
    assert [name for name in told if not re.search(rf"\b{name}\b", result.stdout)] == []


@pytest.mark.full
def test_the_picture_is_made_from_a_real_run(tmp_path: Path) -> None:
    made = tmp_path / "demo.svg"
    command = [sys.executable, ".ci/picture.py", str(made)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2 * SECONDS)
    assert result.returncode == 0, result.stdout
    assert "0&#160;failed" in made.read_text()


def test_the_session() -> None:
    """The session is what the commands print; times and ids differ from run to run."""
    told = re.search(r"^```text\n(\$ .*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert told
    with tempfile.TemporaryDirectory(prefix="session-") as folder:
        place = Path(folder).resolve()
        environment = {
            **os.environ,
            "BACKEND_GENERATOR_HOME": str(place / "home"),
            "BACKEND_GENERATOR_PROJECTS": str(place / "projects"),
        }
        (place / "home").mkdir()
        printed = ""
        for command in re.findall(r"^\$ (.*)$", told[1], re.MULTILINE):
            program, *arguments = shlex.split(command)
            result = subprocess.run(
                ["python3", str(ROOT / program), *arguments],
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
            )
            printed += f"$ {command}\n{result.stdout}"
    printed = printed.replace(str(ROOT / "backend-generator"), "./backend-generator")
    printed = printed.replace(str(place), "/home/ann/backend-generator")
    assert _without_chance(printed) == _without_chance(told[1])


def _without_chance(text: str) -> str:
    """The text without times, ids and numbers of files, which are not the README's business."""
    text = re.sub(r"[ \d]+\.\d+ s", " 0 s", text)
    text = re.sub(r"\b[0-9a-f]{10}\b|-\d{19}\b", "ID", text)
    return re.sub(r"\b\d+ files|Files \(\d+\)", "N files", text)


def test_stop_all(home: dict[str, str]) -> None:
    _stop_all(home)


def _command_column() -> str:
    table = (ROOT / "README.md").read_text().partition("| command | does |")[2]
    rows = table.partition("\n\n")[0].splitlines()
    return "\n".join(row.split("|")[1] for row in rows if row.count("|") > 2)


def _runs_and_stays(command: list[str], environment: dict[str, str]) -> None:
    """The command verifies a backend and leaves it running until it is stopped by its name."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    output = result.stdout
    try:
        assert result.returncode == 0, output
        address = re.search(r"http://127\.0\.0\.1:\d+", output)
        assert address, output
        assert httpx.get(f"{address[0]}/ready").status_code == 200
        assert httpx.get(f"{address[0]}/docs").status_code == 200
        assert re.search(r"\b0 failed\b", output), output
        assert "Next" in output
    finally:
        _stop_all(environment)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{address[0]}/health")


def _stop_all(environment: dict[str, str]) -> None:
    command = ["./backend-generator", "stop", "--all"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
