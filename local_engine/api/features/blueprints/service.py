"""Blueprints: read from a project, checked, written back without losing anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.api.features.projects.schemas import MAX_BLUEPRINT
from local_engine.api.problems import Problem

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document
    from local_engine.generator.blueprint import Problem as Wrong

FILE = "blueprint.yaml"
_SHOWN = 200


def digest_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def problem_facts(problem: Wrong) -> dict[str, Any]:
    """A problem of a Blueprint as plain data."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "detail": problem.message,
        "suggestion": problem.suggestion,
    }


def problems_of(document: Document) -> list[dict[str, Any]]:
    """All problems of a document, warnings included, the first few where there are many."""
    return [problem_facts(problem) for problem in document.problems[:_SHOWN]]


def require_valid(text: str) -> Document:
    """The document of a text. Raises `Problem` 422 with the lines of what is wrong."""
    from local_engine.generator.blueprint import BlueprintErrors, load

    document = load(text)
    try:
        _ = document.application
    except BlueprintErrors as errors:
        raise _refusal(errors.problems) from None
    return document


def read(folder: Path) -> str:
    """The text of a project's Blueprint. Raises `Problem` when it cannot be read."""
    path = folder / FILE
    try:
        if path.stat().st_size > 4 * MAX_BLUEPRINT:
            raise Problem(413, "too-large", f"{path} is larger than a Blueprint can be.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise Problem(404, "no-blueprint", f"There is no {path}.") from None
    except OSError as error:
        detail = f"{path} cannot be read: {error.strerror or error}."
        raise Problem(409, "unreadable", detail) from None
    except UnicodeDecodeError:
        raise Problem(409, "not-utf-8", f"{path} is not UTF-8. Correct it in an editor.") from None


def replace(folder: Path, text: str, base: str) -> Document:
    """Write a valid text in place of the one with the digest `base`; gives its document.

    Raises `Problem` 412 when something else is there by now, 422 when the text is wrong.
    """
    from local_engine.projects.atomic_file import write_atomically

    require_base(folder, base)
    document = require_valid(text)
    write_atomically(folder / FILE, text.encode())
    return document


def require_base(folder: Path, base: str) -> str:
    """The present text, if it has this digest. Raises `Problem` 412."""
    present = read(folder)
    if digest_of(present) != base:
        raise Problem(
            412, "changed-meanwhile", "The Blueprint was changed meanwhile. Read it again first."
        )
    return present


def as_json(document: Document) -> dict[str, Any]:
    """The Blueprint in the form of its schema, as far as it says something."""
    return dict(document.blueprint.plain())


def with_json(folder: Path, content: dict[str, Any], base: str) -> str:
    """The text of a project's Blueprint with another content and the comments that it has."""
    from local_engine.generator.blueprint import BlueprintErrors, load

    present = load(require_base(folder, base))
    new = require_valid(json.dumps(content, indent=1, ensure_ascii=False))
    try:
        return present.with_blueprint(new.blueprint).text
    except BlueprintErrors:  # the present text cannot be read, so it has no comments to keep
        from local_engine.generator.blueprint import dump

        return dump(new.blueprint)


def _refusal(problems: Sequence[Wrong]) -> Problem:
    errors = [problem_facts(problem) for problem in problems[:_SHOWN]]
    count = len(problems)
    first = str(problems[0]) if problems else ""
    detail = f"The Blueprint has {count} problem{'' if count == 1 else 's'}. {first}"
    return Problem(422, "invalid-blueprint", detail, errors=errors)
