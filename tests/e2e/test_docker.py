"""From a sentence, or an example, to a verified deployment, by the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from command_line import run, run_json
from docker_engine import engine_for_tests

from local_engine.runtime.home import VARIABLE

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PROMPTS = sorted(EXAMPLES.glob("[0-9]*/prompt.txt"))
BLUEPRINTS = sorted(EXAMPLES.glob("language/*.yaml"))

pytestmark = pytest.mark.docker


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, as an installation of its own; nothing is left in the engine."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "home"))
    with engine_for_tests():
        yield tmp_path
        run("docker", "remove", "project", "--data", "--yes", cwd=tmp_path)


def test_a_sentence_becomes_a_deployment(place: Path) -> None:
    made = run_json(
        "create", "A simple todo API", "--output", "project", "--run", "--docker", cwd=place
    )
    deployed = made["preview"]
    assert deployed["where"] == "docker"
    assert httpx.get(f"{deployed['url']}/ready").status_code == 200
    (running,) = run_json("list", cwd=place)["running"]
    assert running == deployed
    (part, *_) = run_json("docker", "stats", "project", cwd=place)["parts"]
    assert part["state"] == "running"
    lines = run_json("docker", "logs", "project", "--part", "service", cwd=place)["lines"]
    assert any("/ready" in line["text"] for line in lines)
    said = run("docker", "psql", "project", cwd=place, given="SELECT 6 * 7 AS answer").stdout
    assert "42" in said
    (stopped,) = run_json("stop", "project", cwd=place)["stopped"]
    assert stopped == deployed
    assert run_json("list", cwd=place)["running"] == []
    assert run_json("docker", "list", cwd=place)["deployments"] == [
        {**deployed, "status": "stopped"}
    ]
    assert run_json("docker", "start", "project", cwd=place)["url"] == deployed["url"]
    assert httpx.get(f"{deployed['url']}/ready").status_code == 200


@pytest.mark.full
@pytest.mark.parametrize("file", PROMPTS, ids=lambda file: file.parent.name)
def test_every_prompt_becomes_a_verified_deployment(file: Path, place: Path) -> None:
    prompt = file.read_text(encoding="utf-8").strip()
    where = ("--output", "project", "--run", "--docker", "--verify")
    made = run_json("create", prompt, *where, cwd=place)  # a failed check is a failed command
    assert httpx.get(f"{made['preview']['url']}/ready").status_code == 200


@pytest.mark.full
@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.stem)
def test_every_example_is_verified_in_containers(file: Path, place: Path) -> None:
    (place / "project").mkdir()
    shutil.copy(file, place / "project" / "blueprint.yaml")
    run("generate", "project", cwd=place)
    report = run_json("verify", "project", "--docker", cwd=place)
    assert report["verdict"] == "passed", report["findings"]
    run("run", "project", "--docker", cwd=place)
