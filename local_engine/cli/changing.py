"""Showing what a change of a project would mean, asking, and carrying it out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.blueprints import problem_facts
from local_engine.cli.commands.generate import write_project
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.projects import outcome_facts, show_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_engine.generator.blueprint import Document
    from local_engine.generator.blueprint.editing import BaseEdit, EditsRefused
    from local_engine.generator.changing import Consequences
    from local_engine.jobs.models import Making
    from local_engine.projects.rehearsing import Foreseen
    from local_engine.verification import CheckChanges

_SHOWN = 12
"""As many files and checks are listed; the rest is counted."""


@dataclass(frozen=True)
class Consent:
    """What was agreed to beforehand: the change itself, and that data may go.

    `cause` and `making` say where the change comes from, and who made it.
    """

    yes: bool
    drop: bool
    cause: str = "edit"
    making: Making | None = None


def code_base(folder: Path, output: Output) -> Document | None:
    """The Blueprint that the project's code came from; None where there is no code yet."""
    from local_engine.cli.projects import open_project, project_errors

    with project_errors():
        project = open_project(folder, output)
        return project.blueprint_of_code() if project.is_there else None


def edited(
    document: Document, edits: Sequence[BaseEdit], base: Document | None, output: Output
) -> Document:
    """The document after the edits; what is wrong with them is shown and ends the command."""
    from local_engine.generator.blueprint.editing import EditsRefused, apply_edits

    try:
        return apply_edits(
            document, edits, base=base.blueprint if base is not None else None
        ).document
    except EditsRefused as refused:
        raise refusal_of(refused, output) from None


def refusal_of(refused: EditsRefused, output: Output) -> CommandError:
    """Shows why edits were refused; the error to end with."""
    for problem in refused.problems:
        output.line(f"{problem.severity}: {problem}")
    output.facts |= {"applied": False, "problems": problem_facts(refused.problems)}
    return CommandError("the Blueprint was not changed", hint="nothing was written")


def change_project(
    folder: Path, after: Document, base: Document, consent: Consent, output: Output
) -> int:
    """Show the consequences against the code's Blueprint, ask, and write the project."""
    from local_engine.generator.changing import consequences
    from local_engine.projects import Cause
    from local_engine.verification import check_changes

    found = consequences(base, after)
    checks = check_changes(base.application, after.application)
    foreseen = _foreseen(folder, base, found, output)
    _show(found, checks, foreseen, output)
    facts = {"blueprint": after.text, "consequences": _facts(found, checks, foreseen)}
    refusal = _refusal(found, consent)
    if refusal is None and _agreed(consent, output):
        outcome = write_project(
            after,
            folder,
            output,
            allow_drop=consent.drop,
            cause=Cause(consent.cause),
            making=consent.making,
        )
        output.line(f"{len(outcome.written)} files written to {folder}")
        code = show_outcome(outcome, folder, output)
        output.finish({**facts, "applied": code == ExitCode.OK, **outcome_facts(outcome)})
        return code
    output.facts |= {**facts, "applied": False}
    if refusal is not None:
        raise refusal
    output.line("Nothing was changed.")
    output.finish()
    return ExitCode.OK


def _foreseen(folder: Path, base: Document, found: Consequences, output: Output) -> Foreseen | None:
    """What it would do to the project's data; None where that is not known."""
    from local_engine.cli.projects import preview_data
    from local_engine.projects.rehearsing import foresee
    from local_engine.runtime.snapshots import SnapshotError

    if found.migration is None:
        return None
    up, data = found.migration.up, preview_data(output)
    try:
        questions = [risk.count for risk in found.risks]
        return foresee(folder, data, base, up=up, questions=questions)
    except (SnapshotError, OSError) as failure:
        output.line(f"! not tried on your data: {failure}", "yellow")
        return None


def _refusal(found: Consequences, consent: Consent) -> CommandError | None:
    if found.refusals:
        return CommandError("there is no migration that does this: " + " ".join(found.refusals))
    if found.loses_data and not consent.drop:
        return CommandError(
            "this would lose data", hint="if the data may go, repeat the command with --drop"
        )
    return None


def _agreed(consent: Consent, output: Output) -> bool:
    if consent.yes:
        return True
    if output.as_json:
        return False
    if not sys.stdin.isatty():
        raise CommandError(
            "nobody is there to be asked", hint="add --yes to apply it", code=ExitCode.USAGE
        )
    import typer

    return typer.confirm("Apply this?", default=False)


def _show(
    found: Consequences, checks: CheckChanges, foreseen: Foreseen | None, output: Output
) -> None:
    for change in found.changes or ("No differences.",):
        output.line(str(change))
    marks = {"added": "+", "changed": "~", "removed": "-"}
    _list("Files", [f"{marks[file.change]} {file.path}" for file in found.files], output)
    if found.migration is not None and found.migration.up.strip():
        output.line("\n-- the migration")
        output.line(found.migration.up.rstrip())
        for warning in found.migration.warnings:
            output.line(f"! {warning}", "yellow")
    for reason in found.refusals:
        output.line(f"✗ {reason}", "red")
    _show_risks(found, foreseen, output)
    _list("New checks", [check.sentence for check in checks.new], output)
    _list("Checks that go", [check.sentence for check in checks.gone], output)
    for problem in found.warnings:
        output.line(f"! {problem}", "yellow")


def _show_risks(found: Consequences, foreseen: Foreseen | None, output: Output) -> None:
    if found.risks:
        output.line("\nData at risk")
    counts = foreseen.counts if foreseen is not None else (None,) * len(found.risks)
    for risk, count in zip(found.risks, counts, strict=True):
        output.line(f"! {risk.kind}: {risk.text}", "red" if risk.kind.loses else "yellow")
        most = "" if risk.exact else "at most: "
        if count is None:
            output.line(f"    {most}{risk.count};")
        else:
            output.line(f"    {most}{count} now")
    if foreseen is not None:
        output.line("\nTried on a copy of your data")
        for line in foreseen.lines:
            output.line(f"  {line}")


def _list(title: str, lines: Sequence[str], output: Output) -> None:
    if not lines:
        return
    output.line(f"\n{title} ({len(lines)})")
    for line in lines[:_SHOWN]:
        output.line(f"  {line}")
    if len(lines) > _SHOWN:
        output.line(f"  … and {len(lines) - _SHOWN} more")


def _facts(found: Consequences, checks: CheckChanges, foreseen: Foreseen | None) -> dict[str, Any]:
    migration = found.migration
    counts = foreseen.counts if foreseen is not None else (None,) * len(found.risks)
    return {
        "changes": [str(change) for change in found.changes],
        "files": [{"path": file.path, "change": file.change} for file in found.files],
        "migration": {"up": migration.up, "down": migration.down} if migration else None,
        "refusals": list(found.refusals),
        "risks": [
            {**risk.facts(), "rows": count} for risk, count in zip(found.risks, counts, strict=True)
        ],
        "rehearsal": foreseen.facts() if foreseen is not None else None,
        "checks": {
            "new": [check.id for check in checks.new],
            "gone": [check.id for check in checks.gone],
        },
        "warnings": problem_facts(found.warnings),
    }
