"""A project that was generated from a prompt, as a folder."""

from __future__ import annotations

from pathlib import Path

from local_engine.generator.blueprint import load
from local_engine.generator.planner import plan
from local_engine.projects import Project


def make_project(folder: Path, prompt: str = "A simple todo API") -> Path:
    """Plan and generate into the folder, and give it."""
    Project.create(folder, load(plan(prompt).text))
    return folder
