"""`apply_edits`: a list of edits, all or nothing, with the edits that take them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from local_engine.generator.blueprint.document import Document
from local_engine.generator.blueprint.editing.edit import BaseEdit, Refusal
from local_engine.generator.blueprint.editing.kinds.lines import RestoreLines, inverse_of
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import (
    BlueprintErrors,
    Problem,
    Severity,
    path_text,
)


class EditsRefused(BlueprintErrors):
    """Edits were refused and nothing was changed.

    `problems` are those of the edits (paths begin with `edits`, there are no lines), or else those
    of the Blueprint that they would make (`text`, in which the lines are counted).
    """

    def __init__(self, problems: Sequence[Problem], text: str | None = None) -> None:
        super().__init__(problems)
        self.text = text


@dataclass(frozen=True)
class Applied:
    """What edits made: the new document, and one inverse for each edit, the last one first.

    Applied to the new document as a list, `inverses` give back the old text byte for byte.
    """

    document: Document
    inverses: tuple[RestoreLines, ...]


def apply_edits(
    document: Document, edits: Sequence[BaseEdit], *, base: Blueprint | None = None
) -> Applied:
    """Applies edits in order to a valid document; its comments stay, its form becomes canonical.

    `base` is the Blueprint from which the present code came (the document itself if left out): it
    tells which `was` a rename writes. Raises BlueprintErrors for a document that is not valid, and
    EditsRefused with all problems at once.
    """
    _ = document.application
    sheet = Sheet(document, base or document.blueprint)
    problems: list[Problem] = []
    inverses: list[RestoreLines] = []
    for index, edit in enumerate(edits):
        before = sheet.text
        problem = _apply_one(sheet, edit, index)
        if problem is not None:
            problems.append(problem)
            sheet.replace(Document(before))
        else:
            inverses.insert(0, inverse_of(before, sheet.text))
    if problems:
        raise EditsRefused(problems)
    result = Document(sheet.text, document.filename)
    try:
        _ = result.application
    except BlueprintErrors as errors:
        raise EditsRefused(errors.problems, result.text) from None
    return Applied(result, tuple(inverses))


def _apply_one(sheet: Sheet, edit: BaseEdit, index: int) -> Problem | None:
    try:
        edit.apply(sheet)
        sheet.settle()
    except Refusal as refusal:
        path = path_text(("edits", index, refusal.key))
        return _problem(path, refusal.message, refusal.suggestion, refusal.code)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = path_text(tuple(step for step in first["loc"] if not str(step).startswith("=")))
        message = f"This does not fit {where}: {first['msg']}."
        return _problem(path_text(("edits", index)), message, None, "wrong-kind")
    return None


def _problem(path: str, message: str, suggestion: str | None, code: str) -> Problem:
    return Problem(path, None, None, message, suggestion, Severity.ERROR, code)
