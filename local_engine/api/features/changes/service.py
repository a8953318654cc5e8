"""Proposals: what edits, a prompt or a text would make of a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.api.features.blueprints.service import (
    problem_facts,
    require_base,
    require_valid,
)
from local_engine.api.features.changes.schemas import Proposal
from local_engine.api.problems import Problem
from local_engine.api.rehearsals import Rehearsal

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document
    from local_engine.generator.blueprint.editing import BaseEdit
    from local_engine.generator.changing import Consequences
    from local_engine.generator.planner.refining import Refinement


def of_edits(folder: Path, edits: Sequence[dict[str, Any]], base: str, rehearse: bool) -> Proposal:
    """What typed edits would make."""
    from local_engine.generator.blueprint.editing import EditsRefused, edits_of

    document = require_valid(require_base(folder, base))
    try:
        after = _applied(folder, document, edits_of(edits))
    except EditsRefused as refused:
        raise _refusal(refused) from None
    return _with_data(folder, _proposal(folder, document, after, base, None), rehearse)


def of_prompt(folder: Path, prompt: str, base: str, rehearse: bool) -> Proposal:
    """What a prompt asks for, as edits, and what is open about it."""
    from local_engine.generator.blueprint.editing import EditsRefused
    from local_engine.generator.planner import PlanningError
    from local_engine.generator.planner.refining import refine

    document = require_valid(require_base(folder, base))
    try:
        refinement = refine(prompt, document)
        after = _applied(folder, document, refinement.edits)
    except PlanningError as error:
        raise Problem(422, "not-understood", error.message) from None
    except EditsRefused as refused:
        raise _refusal(refused) from None
    return _with_data(folder, _proposal(folder, document, after, base, refinement), rehearse)


def of_text(folder: Path, text: str, base: str, rehearse: bool) -> Proposal:
    """What a text would make."""
    document = require_valid(require_base(folder, base))
    return _with_data(
        folder, _proposal(folder, document, require_valid(text), base, None), rehearse
    )


def _applied(folder: Path, document: Document, edits: Sequence[BaseEdit]) -> Document:
    from local_engine.generator.blueprint.editing import apply_edits

    code = _code_base(folder)
    return apply_edits(document, edits, base=code.blueprint if code else None).document


def _code_base(folder: Path) -> Document | None:
    """The Blueprint that the project's code came from; None where there is no code yet."""
    from local_engine.projects import Project, ProjectError

    project = Project(folder)
    try:
        return project.blueprint_of_code() if project.exists else None
    except ProjectError:
        return None


def _proposal(
    folder: Path, document: Document, after: Document, base: str, refinement: Refinement | None
) -> Proposal:
    from local_engine.generator.changing import consequences
    from local_engine.verification import check_changes

    before = _code_base(folder) or document
    found = consequences(before, after)
    checks = check_changes(before.application, after.application)
    changes = refinement.changes if refinement else ()
    return Proposal.model_validate(
        {
            "text": after.text,
            "base": base,
            "edits": [
                {"edit": one.edit.plain(), "why": one.why, "quote": one.quote} for one in changes
            ],
            "questions": [asdict(one) for one in (refinement.questions if refinement else ())],
            "new_checks": [{"id": one.id, "sentence": one.sentence} for one in checks.new],
            "gone_checks": [{"id": one.id, "sentence": one.sentence} for one in checks.gone],
            **_facts(found),
        }
    )


def _with_data(folder: Path, proposal: Proposal, rehearse: bool) -> Proposal:
    """The proposal with what it would do to the project's data, where that is asked."""
    from local_engine.projects.rehearsing import foresee
    from local_engine.runtime.preview.data import PreviewData
    from local_engine.runtime.snapshots import SnapshotError

    base = _code_base(folder) if rehearse else None
    if base is None or proposal.migration_up is None:
        return proposal
    questions = [risk.count for risk in proposal.risks]
    try:
        foreseen = foresee(
            folder, PreviewData(), base, up=proposal.migration_up, questions=questions
        )
    except (SnapshotError, OSError) as error:
        raise Problem(409, "data-refuses", str(error)) from None
    if foreseen is not None:
        for risk, rows in zip(proposal.risks, foreseen.counts, strict=True):
            risk.rows = rows
        facts = {**foreseen.facts(), "lines": foreseen.lines}
        proposal.rehearsal = Rehearsal.model_validate(facts)
    return proposal


def _facts(found: Consequences) -> dict[str, Any]:
    migration = found.migration
    return {
        "changes": [str(one) for one in found.changes],
        "files": [asdict(file) for file in found.files],
        "migration_up": migration.up if migration else None,
        "migration_down": migration.down if migration else None,
        "refusals": list(found.refusals),
        "risks": [risk.facts() for risk in found.risks],
        "loses_data": found.loses_data,
        "warnings": [problem_facts(one) for one in found.warnings],
    }


def _refusal(refused: Any) -> Problem:
    errors = [problem_facts(problem) for problem in refused.problems[:50]]
    detail = "; ".join(str(problem) for problem in refused.problems[:3])
    return Problem(422, "edits-refused", detail or "The edits were refused.", errors=errors)
