"""`plan`: a prompt becomes a Blueprint, with the reason for every decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.asking import agreed, may_ask
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.models import cloud_of, show_making, stored_key, with_run
from local_engine.cli.output import Output
from local_engine.jobs.models import ModelChoice
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.jobs.designs import Drafted


def plan_blueprint(
    prompt: str, file: Path | None, explained: bool, choice: ModelChoice, output: Output
) -> int:
    """Print the Blueprint or write it to `file` (which must not exist yet)."""
    plan = make_plan(prompt, choice, output, functions=False)
    if file is None:
        if not output.as_json:
            print(plan.text, end="")
    else:
        save(plan.text, file)
        output.line(f"Wrote {file}")
    if explained:
        show_decisions(plan, output)
    # Standard output may be a Blueprint's file: what it cost is not in it, nor hidden.
    show_making(plan.making, output if file is not None else output.aside())
    show_questions(plan, output)
    output.finish(plan_facts(plan))
    return ExitCode.OK


def make_plan(
    prompt: str, choice: ModelChoice, output: Output, *, functions: bool = True
) -> Drafted:
    """Plan by rules, a model or the cloud, or end the command with the planner's question.

    Where the cloud is away, a person is asked whether rules will do; nobody else decides that.
    """
    from local_engine.generator.planner import NotUnderstood, PlanningError

    try:
        made = with_run(
            choice, prompt, output, lambda run: _drafted(prompt, choice, run, output, functions)
        )
    except NotUnderstood as question:
        raise CommandError(str(question), hint='for example: "A simple todo API"') from None
    except PlanningError as failure:
        raise CommandError(failure.message, hint=failure.hint, code=ExitCode.USAGE) from None
    if isinstance(made, JobFailed):
        output.line(f"! {made.detail}", "yellow")
        if not agreed("Make it by rules instead, without a model?", False, output):
            raise CommandError("nothing was made", hint=made.hint) from None
        return make_plan(prompt, ModelChoice(), output, functions=functions)
    return made


def _drafted(
    prompt: str, choice: ModelChoice, run: Run, output: Output, functions: bool
) -> Drafted | JobFailed:
    """The plan; or why the cloud makes none now, where a person can be asked what to do."""
    from local_engine.jobs.designs import draft

    try:
        cloud = cloud_of(output)
        return draft(prompt, choice, stored_key, run, _nobody, cloud, functions=functions)
    except JobFailed as failure:
        from local_engine.account.errors import AWAY

        if failure.code not in AWAY:
            raise
        if may_ask(output):
            return failure
        hint = f"{failure.hint} Or leave --via out: rules need no cloud.".strip()
        raise JobFailed(failure.code, failure.detail, hint=hint) from None


def _nobody(_event: object) -> None:
    """A command shows the Blueprint when it is done."""


def save(text: str, file: Path) -> None:
    """Write a new file; an existing one is never overwritten."""
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError:
        raise CommandError(
            f"{file} exists already", hint="name another file, or move that one away"
        ) from None
    except OSError as failure:
        raise CommandError(
            f"{file} cannot be written: {failure.strerror}", code=ExitCode.ENVIRONMENT
        ) from None


def show_decisions(plan: Drafted, output: Output) -> None:
    """What was decided, and why."""
    rows = [
        (decision.path, decision.what, f"“{decision.quote}”" if decision.quote else decision.why)
        for decision in plan.decisions
    ]
    output.table(["where", "what", "because"], rows)


def show_questions(plan: Drafted, output: Output) -> None:
    """What the prompt left open."""
    for question in plan.questions:
        choice = f" ({' / '.join(question.options)})" if question.options else ""
        output.line(f"? {question.text}{choice}")


def plan_facts(plan: Drafted) -> dict[str, Any]:
    """The plan as plain data."""
    return {
        "blueprint": plan.text,
        "making": plan.making.model_dump(),
        "extensions": plan.extensions,
        "decisions": [
            {
                "path": decision.path,
                "what": decision.what,
                "why": decision.why,
                "quote": decision.quote,
                "assumed": decision.assumed,
            }
            for decision in plan.decisions
        ],
        "questions": [
            {"text": question.text, "options": list(question.options), "about": question.about}
            for question in plan.questions
        ],
    }
