"""`refine`: typed edits by a model; what it cannot say properly, the planner's rules may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_engine.generator.agents.designing.explaining import decision
from local_engine.generator.agents.designing.faults import place_of, pointer, steps_of
from local_engine.generator.agents.designing.interview import STOPS, Interview, Part
from local_engine.generator.agents.providers import (
    Call,
    Fault,
    Provider,
    TooLarge,
    Truncated,
    Usage,
)
from local_engine.generator.agents.refining.forms import edits_form, needed_keys, parts
from local_engine.generator.agents.refining.wording import INSTRUCTIONS, task
from local_engine.generator.blueprint import Blueprint, Document, Problem, Severity
from local_engine.generator.blueprint.editing import BaseEdit, EditsRefused, apply_edits, edits_of
from local_engine.generator.blueprint.yaml import read_yaml
from local_engine.generator.planner import PlanningError, Question
from local_engine.generator.planner import refining as by_rules


@dataclass(frozen=True)
class ModelRefinement:
    """Edits with their reasons, questions; and how they came about.

    They fit the document that they were made for. `notes` say in plain words what was done without
    a model and why, `models` who answered.
    """

    changes: tuple[by_rules.Refined, ...]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]
    models: tuple[str, ...]
    used: Usage

    @property
    def edits(self) -> list[BaseEdit]:
        """The edits alone."""
        return [change.edit for change in self.changes]


async def refine(
    prompt: str,
    document: Document,
    provider: Provider,
    call: Call,
    *,
    base: Blueprint | None = None,
) -> ModelRefinement:
    """The edits of a valid document that a prompt asks for, by a model.

    `base` is the Blueprint that the present code came from, as for `apply_edits`. Nothing is
    applied. Where the model gives no edits that the Blueprint can take, the planner's rules do it,
    and the notes say so. Raises `KeyRejected`, `RequestRejected` and `Cancelled` as the provider
    does, PlanningError where the rules do not understand the prompt either, and BlueprintErrors
    for a document with problems.
    """
    _ = document.application
    if not prompt.strip():
        raise PlanningError("The prompt is empty.", "say what to change")
    interview = Interview(provider, call)
    part = Part(("edits",))
    why = "The model gave no edits that the Blueprint can take."
    try:
        edits = await _edits(interview, part, prompt, document, base)
    except (*STOPS, Truncated, TooLarge) as error:
        edits, why = None, error.message
    if edits is None:
        return _by_rules(prompt, document, interview, why)
    questions = part.value.get("questions") or ()
    return ModelRefinement(
        tuple(
            _explained(prompt, edit, item.get("why"))
            for edit, item in zip(edits, part.value["edits"], strict=True)
        ),
        tuple(Question(one["text"], tuple(one.get("options") or ())) for one in questions),
        (),
        tuple(interview.models),
        interview.used,
    )


async def _edits(
    interview: Interview, part: Part, prompt: str, document: Document, base: Blueprint | None
) -> list[BaseEdit] | None:
    """Edits that the document takes; None where the model brings none about."""
    while True:
        await _asked(interview, part, prompt, document)
        if part.value is None:
            return None
        edits, part.faults = judged(part.value, document, base)
        if edits is not None or not part.may_be_asked:
            return edits
        part.reasks += 1


async def _asked(interview: Interview, part: Part, prompt: str, document: Document) -> None:
    """Ask with the whole Blueprint, or where that is too much, with what the prompt names."""
    try:
        await interview.fill(part, edits_form(), INSTRUCTIONS, task(prompt, document))
    except TooLarge:
        await interview.fill(part, edits_form(), INSTRUCTIONS, task(prompt, document, brief=True))


def judged(
    value: Mapping[str, Any], document: Document, base: Blueprint | None
) -> tuple[list[BaseEdit] | None, tuple[Fault, ...]]:
    """The edits in an answer, or what is wrong with them for this document."""
    faults: list[Fault] = []
    data = [_plain(item, index, faults) for index, item in enumerate(value["edits"])]
    if faults:
        return None, tuple(faults)
    try:
        edits = edits_of(data)
        apply_edits(document, edits, base=base)
    except EditsRefused as refused:
        errors = [one for one in refused.problems if one.severity is Severity.ERROR]
        return None, tuple(_fault(one, value) for one in errors)
    return edits, ()


def _plain(item: Mapping[str, Any], index: int, faults: list[Fault]) -> dict[str, Any]:
    """An edit as JSON holds it, its parts read from YAML."""
    made: dict[str, Any] = dict.fromkeys(needed_keys()[item["edit"]])
    for key, written in item.items():
        if key == "why":
            continue
        made[key] = written
        if (item["edit"], key) in parts() and isinstance(written, str):
            source, problems = read_yaml(_as_value(written))
            if problems.has_errors:
                message = problems.sorted()[0].message
                faults.append(Fault(f"/edits/{index}/{key}", f"This is not YAML: {message}"))
            else:
                made[key] = source.data["value"]
    return made


def _as_value(text: str) -> str:
    lines = text.strip().splitlines()
    if len(lines) == 1:
        return f"value: {lines[0]}\n"
    return "value:\n" + "".join(f"  {line}\n" for line in lines)


def _fault(problem: Problem, value: Mapping[str, Any]) -> Fault:
    steps = steps_of(problem.path)
    hint = f" Did you mean `{problem.suggestion}`?" if problem.suggestion else ""
    if steps[:1] == ("edits",):
        return Fault(pointer(place_of(value, steps)), f"{problem.message}{hint}")
    message = f"With these edits, {problem.path or 'the Blueprint'} is wrong: {problem.message}"
    return Fault("/edits", f"{message}{hint}")


def _explained(prompt: str, edit: BaseEdit, why: str | None) -> by_rules.Refined:
    found = decision(prompt, "", edit.edit, why)
    return by_rules.Refined(edit, found.why, found.quote or "")


def _by_rules(prompt: str, document: Document, interview: Interview, why: str) -> ModelRefinement:
    found = by_rules.refine(prompt, document)
    reasons: Sequence[str] = interview.refusals or [why]
    return ModelRefinement(
        found.changes,
        found.questions,
        (f"{reasons[0]} The planner made the edits by rules.",),
        (),
        interview.used,
    )
