"""What a project's process gets to know, and which projects can run as a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.runtime.preview.environment import check_project, service_environment
from local_engine.runtime.preview.errors import PreviewError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").touch()
    (tmp_path / "extensions").mkdir()
    return tmp_path


def test_the_engines_own_environment_stays_with_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/engine")
    monkeypatch.setenv("HOME", "/home/somebody")
    environment = service_environment(
        database_url="postgresql://x", secret_key="k", settings={"LOG_LEVEL": "DEBUG"}
    )
    assert environment["HOME"] == "/home/somebody"
    assert environment["LOG_LEVEL"] == "DEBUG"
    assert environment["DATABASE_URL"] == "postgresql://x"
    assert not {"SOME_API_KEY", "PYTHONPATH"} & set(environment)


def test_a_folder_without_a_service_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(PreviewError, match=r"not a generated project.*app/__main__\.py"):
        check_project(tmp_path)


@pytest.mark.parametrize("text", ["", "# none yet\n\n", "   # none"])
def test_requirements_that_ask_for_nothing_are_fine(text: str, project: Path) -> None:
    (project / "extensions" / "requirements.txt").write_text(text)
    assert check_project(project) == project


def test_a_project_that_needs_more_packages_needs_docker(project: Path) -> None:
    (project / "extensions" / "requirements.txt").write_text("# for invoices\nreportlab>=4 # PDF\n")
    with pytest.raises(PreviewError, match=r"needs Docker.*reportlab>=4;"):
        check_project(project)
