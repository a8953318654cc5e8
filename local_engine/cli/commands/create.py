"""`create`: from a prompt to a project, and on request to a running, verified backend."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Literal

from local_engine.cli.accounts import tell_users
from local_engine.cli.asking import agreed, may_ask
from local_engine.cli.blueprints import in_short
from local_engine.cli.commands.generate import write_project
from local_engine.cli.commands.plan import make_plan, plan_facts, show_questions
from local_engine.cli.deployments import deploy_project, deployment_facts
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.models import show_making
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_facts, start_in_background
from local_engine.cli.program import command
from local_engine.cli.verification import report_facts, verify_running
from local_engine.jobs.kinds.generate import PROPOSED
from local_engine.jobs.models import ModelChoice

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application, Document
    from local_engine.jobs.designs import Drafted
    from local_engine.runtime.preparation import Preparation
    from local_engine.verification import Report

PROJECTS = "BACKEND_GENERATOR_PROJECTS"
"""The setting that says where new projects go; the present folder without it."""

TITLE = 100


@dataclass(frozen=True)
class CreateRequest:
    """What was asked for."""

    prompt: str
    output: Path | None
    run: bool
    verify: bool
    seed: int
    where: Literal["process", "docker"] = "process"
    choice: ModelChoice = field(default_factory=ModelChoice)
    yes: bool = False


def create_project(
    request: CreateRequest, output: Output, prepared: Preparation | None = None
) -> int:
    """Exit code 1 when a check failed; the project and, with `run`, the preview stay then too.

    `prepared` is what was begun early for a verification, so that nobody waits for it.
    """
    from local_engine.generator.blueprint import load

    if request.where == "docker" and not (request.run or request.verify):
        raise CommandError(
            "--docker says where it is run or verified, and neither was asked for",
            hint="add --run or --verify",
            code=ExitCode.USAGE,
        )
    if request.output is not None:
        _require_free(request.output)  # before a model is asked for nothing
    started = time.perf_counter()
    with output.step("plan") as note:
        plan = make_plan(request.prompt, request.choice, output)
        document = load(plan.text)
        count = len(document.application.own_entities)
        note.text = f"{count} {'entity' if count == 1 else 'entities'}"
    folder = request.output or _free_folder(document.application.slug)
    _require_free(folder)
    _generate(request, plan, document, folder, output)
    if prepared is not None:
        prepared.load(folder)
    _show_plan(plan, in_short(document), output)
    output.field("Project", str(folder.resolve()))
    output.facts |= {"project": str(folder.resolve()), "plan": plan_facts(plan)}
    report = None
    if request.verify:
        report = _verified(request, document.application, folder, output, prepared)
    if request.run:
        _start(request, document.application, folder, output, prepared)
    output.field("Time", f"{time.perf_counter() - started:.1f} s altogether")
    _next(request, folder, report, output)
    output.finish()
    return ExitCode.OK if report is None or _passed(report) else ExitCode.FAILED


def _generate(
    request: CreateRequest, plan: Drafted, document: Document, folder: Path, output: Output
) -> None:
    from local_engine.projects import Cause

    accepted = bool(plan.extensions) and _accepted(request, plan, output)
    with output.step("generate") as note:
        outcome = write_project(
            document,
            folder,
            output,
            cause=Cause.PROMPT,
            title=_in_one_line(request.prompt),
            making=plan.making,
            written=plan.extensions,
            accepted=accepted,
        )
        note.text = f"{len(outcome.written)} files"


def _accepted(request: CreateRequest, plan: Drafted, output: Output) -> bool:
    """Whether a person says that what a model wrote may run, whenever the project does."""
    files = sorted(path for path in plan.extensions if path.startswith("app/"))
    for path in files:
        output.line(f"# {path}")
        output.line(plan.extensions[path])
    question = "A model wrote this. May it run on this machine, with the rights of the project?"
    accepted = request.yes or (may_ask(output) and agreed(question, False, output))
    if not accepted:
        output.line(
            f"! what the model wrote is in {PROPOSED}/, where nothing runs: read it, then copy it"
            " to where it belongs",
            "yellow",
        )
    return accepted


def _verified(
    request: CreateRequest,
    application: Application,
    folder: Path,
    output: Output,
    prepared: Preparation | None,
) -> Report:
    report = verify_running(
        application, folder, output, seed=request.seed, prepared=prepared, where=request.where
    )
    output.facts["verification"] = report_facts(report)
    return report


def _start(
    request: CreateRequest,
    application: Application,
    folder: Path,
    output: Output,
    prepared: Preparation | None,
) -> None:
    facts = _started(request, folder, output, prepared)
    output.facts["preview"] = facts
    output.field("Runs at", f"{facts['url']}  (API docs: {facts['docs']})")
    if request.where == "process":
        tell_users(application, folder, output)


def _started(
    request: CreateRequest, folder: Path, output: Output, prepared: Preparation | None
) -> dict[str, Any]:
    if request.where == "docker":
        return deployment_facts(deploy_project(folder, output))
    forks = prepared.forks if prepared else None
    return preview_facts(start_in_background(folder, output, forks=forks))


def _show_plan(plan: Drafted, lines: list[str], output: Output) -> None:
    output.line()
    for number, line in enumerate(lines):
        output.field("Blueprint" if number == 0 else "", line)
    assumed = sum(decision.assumed for decision in plan.decisions)
    if assumed:
        output.field("", f"{assumed} assumptions: plan --explain shows each with its reason")
    show_making(plan.making, output)
    show_questions(plan, output)


def _free_folder(slug: str) -> Path:
    """A folder of that name, or with the first free number behind it; where projects are kept."""
    home = Path(os.environ.get(PROJECTS, "."))
    folder, number = home / slug, 2
    while folder.exists():
        folder, number = home / f"{slug}-{number}", number + 1
    return folder


def _require_free(folder: Path) -> None:
    """What a person has is never made anew: their Blueprint may have been edited."""
    from local_engine.projects import may_begin

    if not may_begin(folder):
        raise CommandError(
            f"{folder} is not empty",
            hint="name another folder with --output; to change a project, edit its blueprint.yaml "
            f"and run: {command('generate', folder)}",
            code=ExitCode.USAGE,
        )


def _in_one_line(prompt: str) -> str:
    """What the version is called that a prompt makes."""
    return shorten(" ".join(prompt.split()), TITLE, placeholder=" …")


def _passed(report: Report) -> bool:
    from local_engine.verification import Verdict

    return report.verdict is Verdict.PASSED


def _next(request: CreateRequest, folder: Path, report: Report | None, output: Output) -> None:
    """One line that says what to do next."""
    if report is not None and not _passed(report):
        text = f"see what failed: {command('verify', folder, '--report', 'reports')}"
    elif request.run:
        text = (
            "open the API docs above; or edit its blueprint.yaml, then "
            f"{command('generate', folder)}; or end it: {command('stop', folder.name)}"
        )
    else:
        text = f"run it: {command('run', folder)}"
    output.field("Next", text)
