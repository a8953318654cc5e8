"""`propose`: asks a model for a patch, and again with what is wrong with it, up to three times."""

from __future__ import annotations

from typing import Any

from local_engine.generator.agents.designing.interview import STOPS, Interview, Part
from local_engine.generator.agents.designing.shapes import Thing
from local_engine.generator.agents.providers import Call, Provider, TooLarge, Truncated
from local_engine.generator.agents.refining.forms import edits_form
from local_engine.generator.agents.refining.refining import judged
from local_engine.generator.agents.repairing.bodies import form_of, text_of
from local_engine.generator.agents.repairing.fence import outside_the_fence
from local_engine.generator.agents.repairing.masking import mask
from local_engine.generator.agents.repairing.tasks import Proposal, RepairTask
from local_engine.generator.agents.repairing.wording import (
    BLUEPRINT,
    BODY,
    blueprint_task,
    body_task,
)

_NONE = "The model gave no patch that may be tried"


async def propose(task: RepairTask, provider: Provider, call: Call) -> Proposal:
    """A patch that may be tried; nothing is applied, and nothing of it has been run.

    Raises `KeyRejected`, `RequestRejected` and `Cancelled` as the provider does; what else keeps a
    model from an answer is the proposal's problem.
    """
    interview, part = Interview(provider, call), Part(("patch",))
    try:
        if task.extension is not None:
            made = await _body(interview, part, task)
        else:
            made = await _edits(interview, part, task)
    except (*STOPS, Truncated, TooLarge) as error:
        made = Proposal(problem=error.message, is_over=True)
    return Proposal(
        made.edits,
        made.files,
        made.why,
        made.problem,
        made.is_over,
        tuple(interview.models),
        interview.used,
    )


async def _body(interview: Interview, part: Part, task: RepairTask) -> Proposal:
    assert task.extension is not None
    code = mask(task.extension.text)
    asked = body_task(task, code)
    while await _filled(interview, part, form_of(task.extension), BODY, asked):
        text, part.faults = text_of(part.value, task.extension, code)
        if not part.faults:
            return Proposal(files={task.extension.path: text}, why=_words(part.value))
    return _nothing(interview, part)


async def _edits(interview: Interview, part: Part, task: RepairTask) -> Proposal:
    asked = blueprint_task(task)
    while await _filled(interview, part, edits_form(), BLUEPRINT, asked):
        edits, part.faults = judged(part.value, task.document, None)
        if edits:
            part.faults = outside_the_fence(edits, task.document)
            if not part.faults:
                why = "; ".join(one.get("why") or one["edit"] for one in part.value["edits"])
                return Proposal(edits=tuple(edits), why=why)
        elif edits is not None:
            return Proposal(problem="The model finds nothing in the Blueprint to change.")
    return _nothing(interview, part)


async def _filled(
    interview: Interview, part: Part, form: Thing, instructions: str, asked: str
) -> bool:
    """Get an answer, or another one where something is wrong with it; False where none comes."""
    if part.value is not None:
        if not part.may_be_asked:
            return False
        part.reasks += 1
    await interview.fill(part, form, instructions, asked)
    return part.value is not None and not part.faults


def _nothing(interview: Interview, part: Part) -> Proposal:
    if interview.refusals:
        return Proposal(problem=interview.refusals[0])
    reason = f": {part.faults[0].message}" if part.faults else "."
    return Proposal(problem=f"{_NONE}{reason}")


def _words(value: dict[str, Any]) -> str:
    return " ".join(str(value.get("why") or "").split())[:300]
