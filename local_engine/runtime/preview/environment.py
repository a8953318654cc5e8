"""What a project's process finds in its environment, and what the project must be like for that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from local_engine.runtime.guarding.environment import python_environment
from local_engine.runtime.preview.errors import PreviewError

REQUIREMENTS = Path("extensions") / "requirements.txt"


def service_environment(
    *, database_url: str, secret_key: str, settings: Mapping[str, str]
) -> dict[str, str]:
    """The environment of a project's process; `settings` come on top. Secrets travel here only."""
    return {
        **python_environment(),
        "ENVIRONMENT": "development",
        "DATABASE_URL": database_url,
        "SECRET_KEY": secret_key,
        **settings,
    }


def check_project(project: Path) -> Path:
    """The project's folder, resolved, if it can be run as a process here.

    Raises `PreviewError` when it is no project, or needs packages that the engine does not have.
    """
    folder = project.resolve()
    if not (folder / "app" / "__main__.py").is_file():
        raise PreviewError(
            f"{folder} is not a generated project: it has no app/__main__.py. "
            "Name the folder of a project, or create one first."
        )
    needed = _own_requirements(folder / REQUIREMENTS)
    if needed:
        raise PreviewError(
            f"This project needs Docker: its extension points use more packages ("
            f"{', '.join(needed)}; see {REQUIREMENTS.as_posix()}), and a preview runs with the "
            "engine's packages only. Deploy it with Docker, or remove these requirements."
        )
    return folder


def _own_requirements(file: Path) -> list[str]:
    """The lines of a requirements file that ask for something."""
    if not file.is_file():
        return []
    lines = (line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines())
    return [line for line in lines if line]
