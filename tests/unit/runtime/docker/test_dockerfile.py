"""A project's Dockerfile is cut where the project's own layer begins."""

from __future__ import annotations

import re
from pathlib import Path

import golden
import pytest

from local_engine.runtime.docker.dockerfile import Recipe, labelled, read_recipe

LABELS = {"a.b": 'say "x"'}


def recipe_of(folder: Path, text: str, lock: str = "x==1\n") -> Recipe:
    (folder / "Dockerfile").write_text(text)
    (folder / "requirements.lock").write_text(lock)
    return read_recipe(folder)


@pytest.fixture
def generated() -> str:
    return golden.emitted("todo").text("Dockerfile")


def test_all_projects_of_one_lock_share_an_image(tmp_path: Path, generated: str) -> None:
    first = recipe_of(tmp_path, generated)
    own_step = recipe_of(tmp_path, generated + "RUN true\n")
    assert first.shared is not None
    assert "COPY app" not in first.shared
    assert "COPY app" in first.own
    assert own_step.runtime_tag == first.runtime_tag
    assert recipe_of(tmp_path, generated, "x==2\n").runtime_tag != first.runtime_tag
    assert recipe_of(tmp_path, generated.replace("3.13", "3.14")).runtime_tag != first.runtime_tag


def test_the_own_layer_begins_with_the_shared_image(tmp_path: Path, generated: str) -> None:
    recipe = recipe_of(tmp_path, generated)
    lines = recipe.own_dockerfile(LABELS).splitlines()
    first, second, third, *_ = (line for line in lines if not line.startswith("#"))
    assert first == f"FROM {recipe.runtime_tag}"
    assert second == 'LABEL "a.b"="say \\"x\\""'
    assert third.startswith("COPY")
    assert recipe.public_images == ("python:3.13-slim",)


def test_nothing_more_is_installed_where_nothing_more_is_asked_for(
    tmp_path: Path, generated: str
) -> None:
    assert "pip" in generated.partition("FROM runtime\n")[2]
    without = recipe_of(tmp_path, generated).own
    assert "pip" not in without
    assert "requirements" not in re.sub("#.*", "", without)
    assert without.count("COPY") == 3
    another = generated.replace("fi\n", "fi && touch /done\n")
    assert "touch /done" in recipe_of(tmp_path, another).own
    (tmp_path / "extensions").mkdir()
    (tmp_path / "extensions" / "requirements.txt").write_text("x==1\n")
    assert recipe_of(tmp_path, generated).own == generated.partition("FROM runtime")[2]


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.13-slim\nCOPY app app\n",
        "FROM python:3.13-slim AS runtime\nFROM runtime AS a\n",
        "FROM runtime\nCOPY app app\n",
        "FROM python:3.13 AS runtime\nFROM runtime\nFROM runtime\n",
    ],
)
def test_what_a_person_wrote_is_built_as_it_stands(tmp_path: Path, text: str) -> None:
    recipe = recipe_of(tmp_path, text)
    assert recipe.shared is None
    assert recipe.own_dockerfile({}).replace("LABEL \n", "") == text


def test_every_stage_is_labelled(tmp_path: Path) -> None:
    text = "FROM --platform=linux/amd64 a:1 AS x\nRUN y\nFROM scratch\nCOPY --from=x /a /b\n"
    assert labelled(text, LABELS).count("LABEL") == 2
    assert recipe_of(tmp_path, text).public_images == ("a:1",)
