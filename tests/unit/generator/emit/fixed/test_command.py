"""What a command makes while it starts is left to itself; a service that serves is not."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from local_engine.generator.emit.fastapi.fixed.core import command, logs, server
from local_engine.generator.emit.fastapi.fixed.core.project import Project

PROJECT = Project(
    name="probe", application="probe:make", migrations=Path("none"), profile="probe:profile"
)


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", "postgresql://unused")
    monkeypatch.setenv("SECRET_KEY", "unused" * 6)
    monkeypatch.setattr(logs, "configure_logging", lambda _: None)
    yield
    gc.unfreeze()


def test_no_garbage_is_looked_for_until_the_application_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    states = {}

    def make(_: object) -> str:
        states["making"] = gc.isenabled()
        return "the application"

    def serve(app: object, host: str, port: int) -> None:
        states[f"{app} at {host}:{port}"] = gc.isenabled()

    probe = ModuleType("probe")
    vars(probe)["make"] = make
    monkeypatch.setitem(sys.modules, "probe", probe)
    monkeypatch.setattr(server, "serve", serve)
    assert command.run(PROJECT, ["serve", "--port", "8001"]) == 0
    assert states == {"making": False, "the application at 127.0.0.1:8001": True}
    assert gc.get_freeze_count() > 0


@pytest.mark.parametrize("name", ["worker", "seed"])
def test_whatever_a_command_comes_to_garbage_is_collected_afterwards(name: str) -> None:
    command.run(PROJECT, [name])
    assert gc.isenabled()
