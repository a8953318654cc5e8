"""The set-up script's refusals: each says what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import environment
import pytest


def test_an_old_python_is_refused_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(environment.SetUpError, match=r"(?s)needs Python 3\.11.*Install one"):
        environment.ensure("runtime")


def test_a_newer_python_on_the_path_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    newer = tmp_path / "python3.12"
    newer.symlink_to(environment.executable("python"))
    monkeypatch.setattr(environment, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment._interpreter() == str(newer)


def test_a_python_without_venv_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr("sys.executable", str(bare))
    with pytest.raises(environment.SetUpError, match="python3-venv"):
        environment.ensure("runtime")


def test_a_failed_step_names_its_command() -> None:
    with pytest.raises(environment.SetUpError, match=r"exit code 1.*at: false"):
        environment._run(["false"])


def test_an_unknown_profile_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert environment.main(["everything"]) == 2
    assert "known: runtime, dev" in capsys.readouterr().err
