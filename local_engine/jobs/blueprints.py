"""The Blueprint of a project for a job: loaded, or refused with all its problems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.jobs.run import JobFailed

if TYPE_CHECKING:
    from local_engine.generator.blueprint import BlueprintErrors, Document

FILE = "blueprint.yaml"
_FACTS = ("code", "severity", "path", "line", "column", "message", "suggestion")


def read_blueprint(folder: Path) -> Document:
    """The Blueprint in a project's folder. Raises `JobFailed` when code cannot be made from it."""
    from local_engine.generator.blueprint import BlueprintErrors, load_file

    try:
        document = load_file(folder / FILE)
        _ = document.application
    except OSError as error:
        raise JobFailed(
            "no-blueprint", f"{folder / FILE} cannot be read: {error.strerror or error}"
        ) from None
    except BlueprintErrors as errors:
        problems = problems_of(errors)
        raise JobFailed(
            "invalid-blueprint",
            f"The Blueprint has {len(problems)} problem{'' if len(problems) == 1 else 's'}.",
            hint="Correct them, then start the job again.",
            problems=problems,
        ) from None
    return document


def problems_of(errors: BlueprintErrors) -> tuple[dict[str, Any], ...]:
    """The problems of a Blueprint, each as plain data."""
    return tuple({name: getattr(problem, name) for name in _FACTS} for problem in errors.problems)
