"""`refine`: changes a project's Blueprint by a prompt, after showing what that means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.changing import Consent, change_project, code_base, edited
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.models import show_making, stored_key, with_run
from local_engine.cli.output import Output
from local_engine.jobs.models import Making, ModelChoice

if TYPE_CHECKING:
    from local_engine.generator.agents.refining import ModelRefinement
    from local_engine.generator.blueprint import Document
    from local_engine.generator.planner.refining import Refinement


def refine_project(
    project: Path, prompt: str, consent: Consent, choice: ModelChoice, output: Output
) -> int:
    """Apply what the prompt asks for; a prompt of which nothing is understood changes nothing."""
    document = load_blueprint(project, output)
    folder = blueprint_file(project).parent
    base = code_base(folder, output)
    refinement, making = _understood(prompt, document, base, choice, output)
    output.facts |= _facts(refinement)
    for change in refinement.changes:
        output.line(f"“{change.quote}”: {change.edit.edit.replace('_', ' ')} ({change.why})")
    for question in refinement.questions:
        options = f" ({' / '.join(question.options)})" if question.options else ""
        output.line(f"? {question.text}{options}")
    if not refinement.changes:
        raise CommandError(
            "nothing of this can be done as it is said", hint="answer the question, or use edit"
        )
    output.line()
    after = edited(document, refinement.edits, base, output)
    return change_project(folder, after, base or document, replace(consent, making=making), output)


def _understood(
    prompt: str, document: Document, base: Document | None, choice: ModelChoice, output: Output
) -> tuple[Refinement | ModelRefinement, Making]:
    from local_engine.generator.planner import PlanningError
    from local_engine.generator.planner.refining import refine
    from local_engine.jobs.designs import refine_by_model

    if choice.via == "cloud":
        raise CommandError(
            "the cloud makes new Blueprints only",
            hint="use --via own-key or --via local-model, or leave --via out",
            code=ExitCode.USAGE,
        )
    try:
        if choice.via == "no-model":
            return refine(prompt, document), Making(via="no-model")
        origin = base.blueprint if base is not None else None
        found, making = with_run(
            choice,
            prompt,
            output,
            lambda run: refine_by_model(prompt, document, origin, choice, stored_key, run),
        )
        show_making(making, output)
        output.facts["making"] = making.model_dump()
        return found, making
    except PlanningError as failure:
        raise CommandError(failure.message, hint=failure.hint, code=ExitCode.USAGE) from None


def _facts(refinement: Refinement | ModelRefinement) -> dict[str, Any]:
    return {
        "edits": [
            {"edit": change.edit.plain(), "why": change.why, "quote": change.quote}
            for change in refinement.changes
        ],
        "questions": [
            {"text": question.text, "options": list(question.options), "about": question.about}
            for question in refinement.questions
        ],
    }
