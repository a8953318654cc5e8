"""`plan`: from a prompt to a Blueprint, told part by part as the planner finds it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from local_engine.jobs.events import Found
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.models import Making, ModelChoice, secret_names
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.generator.planner import PlanEvent

MAX_PROMPT = 20_000


class PlanRequest(JobRequest):
    """Plan this prompt, by rules or by a model."""

    kind: Literal["plan"] = "plan"
    prompt: Annotated[str, Field(min_length=1, max_length=MAX_PROMPT)]
    choice: ModelChoice = ModelChoice()


class PlannedDecision(BaseModel):
    """One thing that was decided: where in the Blueprint, what, why, from which words."""

    path: str
    what: str
    why: str
    quote: str | None
    assumed: bool
    span: tuple[int, int] | None


class PlannedQuestion(BaseModel):
    """Something that the prompt leaves open."""

    text: str
    options: list[str]
    about: str


class PlanResult(JobResult):
    """The planned Blueprint as text, and how it came about.

    `extensions` are functions that a model wrote for what the Blueprint cannot say, with tests:
    texts by path in the project.
    """

    kind: Literal["plan"] = "plan"
    blueprint: str
    decisions: list[PlannedDecision]
    questions: list[PlannedQuestion]
    making: Making = Making(via="no-model")
    extensions: dict[str, str] = Field(default_factory=dict)


def run(run: Run, request: PlanRequest, place: Place) -> PlanResult:
    """Plan; without any network unless a model was chosen."""
    from local_engine.generator.planner import PlanningError
    from local_engine.jobs.designs import draft

    def on_event(event: PlanEvent) -> None:
        run.tell(found(event))

    try:
        with run.stage("plan", "Plan the Blueprint"):
            key_of = place.secrets.get
            plan = draft(request.prompt, request.choice, key_of, run, on_event, place.cloud)
    except PlanningError as error:
        raise JobFailed("not-understood", error.message, hint=error.hint) from None
    return PlanResult(
        blueprint=plan.text,
        decisions=[PlannedDecision(**asdict(decision)) for decision in plan.decisions],
        questions=[PlannedQuestion(**asdict(question)) for question in plan.questions],
        making=plan.making,
        extensions=plan.extensions,
    )


def found(event: PlanEvent) -> Found:
    """An event of the planner as one of a job."""
    from local_engine.generator.planner import events as kinds

    facts = asdict(event)
    path = facts.pop("path")
    words = {
        kinds.EntityFound: "entity",
        kinds.FieldFound: "field",
        kinds.RelationFound: "relation",
        kinds.RuleFound: "rule",
        kinds.StatesFound: "states",
        kinds.AccessDecided: "access",
        kinds.OperationFound: "operation",
        kinds.RoleFound: "role",
        kinds.QuestionRaised: "question",
    }
    return Found.model_validate({"what": words[type(event)], "path": path, "facts": facts})


def _secrets(request: PlanRequest) -> tuple[str, ...]:
    return secret_names(request.choice)


KIND = Kind("plan", PlanRequest, run, "here", _secrets)
