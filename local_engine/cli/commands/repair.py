"""`repair`: makes a project that fails pass again, as far as that goes, after asking."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.cli.asking import agreed
from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import on_the_list, open_project, project_errors

if TYPE_CHECKING:
    from local_engine.jobs.events import Event
    from local_engine.jobs.kinds.repair import RepairRequest, RepairResult
    from local_engine.repair.repairing import Outcome

_SHOWN = 5


@dataclass(frozen=True)
class RepairWish:
    """What was asked for; `groups` are names with commas between them."""

    groups: str | None
    seed: int
    where: Literal["process", "docker"]
    yes: bool


def repair_project(project: Path, wish: RepairWish, output: Output) -> int:
    """Exit code 0 when nothing fails any more in the project as it then is."""
    from local_engine.jobs.kinds.repair import RepairRequest, result_of

    name = load_blueprint(project, output).application.name
    folder = blueprint_file(project).parent
    with output.step("repair") as note, on_the_list(folder, name, output) as known:
        groups = [one.strip() for one in wish.groups.split(",")] if wish.groups else None
        request = RepairRequest(
            project=known or "", groups=groups, seed=wish.seed, where=wish.where
        )
        outcome = _looked(request, folder, output)
        result = result_of(outcome)
        note.text = result.stopped
    output.facts |= result.model_dump(exclude={"kind"}) | {"applied": False, "version": None}
    _show(result, output)
    if outcome.candidate is not None and _agreed(result, wish.yes, output):
        _accept(outcome, folder, output)
    output.finish()
    is_done = result.whole and (not result.candidate or output.facts["applied"])
    return ExitCode.OK if is_done else ExitCode.FAILED


def _looked(request: RepairRequest, folder: Path, output: Output) -> Outcome:
    from local_engine.cli.jobs import job, store_lines
    from local_engine.jobs.kinds.repair import repaired, result_of

    of_the_store = store_lines(output)

    def listener(event: Event) -> None:
        if event.type == "log":
            output.line(f"  {event.line}", "dim")
        else:
            of_the_store(event)

    with job(request, folder, output, listener) as (run, own):
        outcome = repaired(run, request, folder)
        own.finish(result_of(outcome).model_copy(update={"candidate": False}))
        return outcome


def _show(result: RepairResult, output: Output) -> None:
    for edit in result.taken_back:
        output.line(f"\n{edit.place}")
        for line in edit.difference.splitlines():
            output.line(f"  {line}", "red" if line.startswith("-") else "green")
    output.line()
    for label, standing in (("Before", result.before), ("After", result.after)):
        words = f"{standing.passed} passed, {standing.failing} not"
        output.field(label, words if standing.starts else "it does not start")
    for failure in result.after.failures[:_SHOWN]:
        output.line(f"✗ {failure}", "red")
    if result.after.trouble:
        output.line(result.after.trouble, "red")
    for advice in result.advice:
        output.field("You can", advice)


def _agreed(result: RepairResult, yes: bool, output: Output) -> bool:
    if output.as_json and not yes:
        return False
    count = len(result.files)
    question = f"Change {count} {'file' if count == 1 else 'files'} so? What is there is kept."
    return agreed(question, yes, output)


def _accept(outcome: Outcome, folder: Path, output: Output) -> None:
    from local_engine.repair.candidate import accept

    assert outcome.candidate is not None
    with project_errors():
        version = accept(open_project(folder, output), outcome.candidate)
    output.facts |= {"applied": True, "version": version.id}
    output.field("Version", f"{version.short}  {version.record.title}")
