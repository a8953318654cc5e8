"""`repair`: looks for the best candidate of a project that fails; a person accepts it then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.candidates import Candidates
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.kinds.verify import GroupName, more_groups
from local_engine.jobs.models import KeyOf, Making, ModelChoice, secret_names
from local_engine.jobs.patches import Asking
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.repair.events import Event
    from local_engine.repair.repairing import Outcome
    from local_engine.repair.standing import Standing

SHOWN_FAILURES = 20


class RepairRequest(JobRequest):
    """Repair this project as far as all groups of checks or some of them are concerned.

    `where` says how candidates run: as processes of this machine, or in containers. By `choice` a
    model may mend what no other means does; what it writes is run, so outside of containers a
    person has to say `may_run`.
    """

    kind: Literal["repair"] = "repair"
    project: str
    groups: Annotated[list[GroupName] | None, Field(min_length=1, max_length=40)] = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    where: Literal["process", "docker"] = "process"
    choice: ModelChoice = Field(default_factory=ModelChoice)
    may_run: bool = False


class TakenBackEdit(BaseModel):
    """A place of generated code that goes back to what the generator wrote; as lines of a diff."""

    place: str
    path: str
    line: int
    difference: str


class StandingFacts(BaseModel):
    """How a project stands; `trouble` says why it does not start, if it does not."""

    starts: bool
    trouble: str
    passed: int
    failing: int
    failures: list[str]


class RepairResult(JobResult):
    """What came of a repair. A `candidate` waits to be accepted or discarded under the job's id.

    `differences` are what it changes, as unified diffs by path, `trials` how often something was
    verified, `stopped` why it ended, `advice` what a person can do about what still fails.
    """

    kind: Literal["repair"] = "repair"
    candidate: bool
    whole: bool
    differences: dict[str, str]
    taken_back: list[TakenBackEdit]
    before: StandingFacts
    after: StandingFacts
    stopped: str
    trials: int
    advice: list[str]
    making: Making


def run(run: Run, request: RepairRequest, place: Place) -> RepairResult:
    """Look for the best candidate and keep it under the job's id."""
    outcome, making = repaired(run, request, place.project, place.secrets.get)
    if outcome.candidate is not None:
        Candidates(place.home).write(place.job, outcome.candidate)
    return result_of(outcome, making)


def repaired(
    run: Run, request: RepairRequest, folder: Path, key_of: KeyOf
) -> tuple[Outcome, Making]:
    """Look for the best candidate. Raises `JobFailed`; the folder stays as it is."""
    from local_engine.jobs.stages import telling_stages
    from local_engine.projects import Project, ProjectError
    from local_engine.repair.repairing import Order, repair
    from local_engine.repair.trying import MACHINE_FAILS

    _require_a_yes(request)
    read_blueprint(folder)
    order = Order(request.seed, request.where, _groups(request))
    asking = Asking(request.choice, key_of, run)

    def on_event(event: Event) -> None:
        run.log(words_of(event))

    try:
        with run.stage("repair", "Look for what is guilty"):
            project = Project(folder, telling_stages(run))
            outcome = repair(project, order, on_event, asking.ask if asking.wanted else None)
    except ProjectError as error:
        raise JobFailed("project-refuses", error.message, hint=error.hint) from None
    except MACHINE_FAILS as error:
        first, _, rest = str(error).partition("\n")
        raise JobFailed("not-startable", first, hint=rest) from None
    return outcome, asking.making


def _require_a_yes(request: RepairRequest) -> None:
    if request.choice.via != "no-model" and request.where == "process" and not request.may_run:
        raise JobFailed(
            "not-agreed",
            "What a model writes would run on this machine, and nobody said that it may.",
            hint="Say so, or repair in containers.",
        )


def _groups(request: RepairRequest) -> tuple[str, ...] | None:
    from local_engine.verification.run import choose

    try:
        chosen = choose(request.groups, more_groups(request.where))
    except ValueError as error:
        raise JobFailed("no-such-group", str(error)) from None
    return None if request.groups is None else tuple(group.name for group in chosen)


def words_of(event: Event) -> str:
    """What happens, as a line of the job's log."""
    from local_engine.repair.events import Tries

    return f"{event.number}. Trying {event.what}" if isinstance(event, Tries) else event.words


def result_of(outcome: Outcome, making: Making) -> RepairResult:
    """A repair as a job's result."""
    candidate = outcome.candidate
    return RepairResult(
        candidate=candidate is not None,
        whole=outcome.is_whole,
        differences=dict(candidate.differences) if candidate is not None else {},
        taken_back=[
            TakenBackEdit(
                place=hunk.place, path=hunk.path, line=hunk.start + 1, difference=hunk.text
            )
            for hunk in outcome.taken_back
        ],
        before=_facts(outcome.before),
        after=_facts(outcome.after),
        stopped=outcome.stopped,
        trials=outcome.trials,
        advice=list(outcome.advice),
        making=making,
    )


def _facts(standing: Standing) -> StandingFacts:
    from local_engine.repair.standing import sentences

    return StandingFacts(
        starts=standing.starts,
        trouble=standing.trouble,
        passed=len(standing.passed),
        failing=len(standing.failing),
        failures=sentences(standing.failing, SHOWN_FAILURES),
    )


def _secrets(request: RepairRequest) -> tuple[str, ...]:
    return secret_names(request.choice)


KIND = Kind("repair", RepairRequest, run, "isolated", _secrets)
