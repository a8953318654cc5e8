"""`repair`: makes a project that fails pass again, as far as that goes, after asking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.cli.asking import agreed
from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.models import show_making, stored_key
from local_engine.cli.output import Output
from local_engine.cli.projects import on_the_list, open_project, project_errors
from local_engine.jobs.models import ModelChoice

if TYPE_CHECKING:
    from local_engine.jobs.events import Event
    from local_engine.jobs.kinds.repair import RepairRequest, RepairResult
    from local_engine.repair.repairing import Outcome

_SHOWN = 5
_STYLES = {"-": "red", "+": "green"}


@dataclass(frozen=True)
class RepairWish:
    """What was asked for; `groups` are names with commas between them."""

    groups: str | None
    seed: int
    where: Literal["process", "docker"]
    yes: bool
    choice: ModelChoice


def repair_project(project: Path, wish: RepairWish, output: Output) -> int:
    """Exit code 0 when nothing fails any more in the project as it then is."""
    from local_engine.jobs.kinds.repair import RepairRequest

    name = load_blueprint(project, output).application.name
    folder = blueprint_file(project).parent
    may_run = _may_run(wish, output)
    with output.step("repair") as note, on_the_list(folder, name, output) as known:
        groups = [one.strip() for one in wish.groups.split(",")] if wish.groups else None
        request = RepairRequest(
            project=known or "",
            groups=groups,
            seed=wish.seed,
            where=wish.where,
            choice=wish.choice,
            may_run=may_run,
        )
        outcome, result = _looked(request, folder, output)
        note.text = result.stopped
    output.facts |= result.model_dump(exclude={"kind"}) | {"applied": False, "version": None}
    _show(result, output)
    if outcome.candidate is not None and _agreed(result, wish.yes, output):
        _accept(outcome, folder, output)
    output.finish()
    is_done = result.whole and (not result.candidate or output.facts["applied"])
    return ExitCode.OK if is_done else ExitCode.FAILED


def _may_run(wish: RepairWish, output: Output) -> bool:
    """Whether a person says that what a model writes may run here to be tried, at this cost."""
    if wish.choice.via == "no-model":
        return False
    from local_engine.repair.rounds import ROUNDS

    tokens, dollars = wish.choice.max_tokens, wish.choice.max_cost_microdollars / 1_000_000
    output.field("At most", f"{ROUNDS} rounds, {tokens:,} tokens, ${dollars:.2f}")
    if wish.where == "docker":
        return False
    question = "What a model writes is tried on this machine, in a copy. May it run here?"
    if agreed(question, wish.yes, output):
        return True
    raise CommandError("nothing was tried", hint="add --docker to try it in containers")


def _looked(request: RepairRequest, folder: Path, output: Output) -> tuple[Outcome, RepairResult]:
    from local_engine.cli.jobs import job, store_lines
    from local_engine.jobs.kinds.repair import repaired, result_of

    of_the_store = store_lines(output)

    def listener(event: Event) -> None:
        if event.type == "log":
            output.line(f"  {event.line}", "dim")
        else:
            of_the_store(event)

    with job(request, folder, output, listener) as (run, own):
        outcome, making = repaired(run, request, folder, stored_key)
        result = result_of(outcome, making)
        own.finish(result.model_copy(update={"candidate": False}))  # it is asked about here
        return outcome, result


def _show(result: RepairResult, output: Output) -> None:
    for difference in result.differences.values():
        output.line()
        for line in difference.splitlines():
            output.line(f"  {line}", _STYLES.get(line[:1], ""))
    output.line()
    for label, standing in (("Before", result.before), ("After", result.after)):
        words = f"{standing.passed} passed, {standing.failing} not"
        output.field(label, words if standing.starts else "it does not start")
    for failure in result.after.failures[:_SHOWN]:
        output.line(f"✗ {failure}", "red")
    if result.after.trouble:
        output.line(result.after.trouble, "red")
    show_making(result.making, output)
    for advice in result.advice:
        output.field("You can", advice)


def _agreed(result: RepairResult, yes: bool, output: Output) -> bool:
    if output.as_json and not yes:
        return False
    count = len(result.differences)
    question = f"Change {count} {'file' if count == 1 else 'files'} so? What is there is kept."
    return agreed(question, yes, output)


def _accept(outcome: Outcome, folder: Path, output: Output) -> None:
    from local_engine.repair.candidate import accept

    assert outcome.candidate is not None
    with project_errors():
        version = accept(open_project(folder, output), outcome.candidate)
    output.facts |= {"applied": True, "version": version.id}
    output.field("Version", f"{version.short}  {version.record.title}")
