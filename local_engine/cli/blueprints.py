"""Finding, loading and judging Blueprints for the commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Document, Problem

FILE = "blueprint.yaml"


def blueprint_file(path: Path) -> Path:
    """The Blueprint that a path means: the file itself, or the one in a project's folder."""
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        raise CommandError(
            f"there is no Blueprint at {file}",
            hint='name a blueprint.yaml or a project folder, or make one: plan "A simple todo API"',
            code=ExitCode.USAGE,
        )
    return file


def load_blueprint(path: Path, output: Output) -> Document:
    """The Blueprint at a path; its problems are shown and end the command."""
    from local_engine.generator.blueprint import BlueprintErrors, Severity, load_file

    file = blueprint_file(path)
    try:
        document = load_file(file)
        _ = document.application
    except BlueprintErrors as errors:
        show_problems(errors.problems, file, output)
        output.facts["problems"] = problem_facts(errors.problems)
        wrong = sum(problem.severity is Severity.ERROR for problem in errors.problems)
        told = [counted(wrong, "error"), counted(len(errors.problems) - wrong, "warning")]
        raise CommandError(
            f"{file} has {' and '.join(filter(None, told))}",
            hint="correct them and run the same command again",
        ) from None
    return document


def show_problems(problems: Sequence[Problem], file: Path, output: Output) -> None:
    """One paragraph a problem: place, what is wrong, what may be meant."""
    for problem in problems:
        place = f"{file}:{problem.line}" if problem.line else str(file)
        output.line(f"{place}: {problem.severity}: {problem.message}")
        where = f"    at {problem.path}" if problem.path else ""
        advice = f"    → {problem.suggestion}" if problem.suggestion else ""
        for text in filter(None, (where, advice)):
            output.line(text)


def counted(number: int, noun: str) -> str:
    """`3 errors`, `1 error`; nothing for none."""
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def problem_facts(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The problems as plain data."""
    names = ("code", "severity", "path", "line", "column", "message", "suggestion")
    return [{name: getattr(problem, name) for name in names} for problem in problems]


def in_short(document: Document) -> list[str]:
    """The Blueprint in a few lines: its entities with fields, then what else it has."""
    application = document.application
    lines = []
    for entity in application.own_entities:
        names = [*entity.fields, *(f"→{relation}" for relation in entity.to_one)]
        marks = []
        if entity.owner:
            marks.append(f"owner: {entity.owner}")
        if entity.part_of:
            marks.append(f"part of {entity.part_of}")
        if entity.states:
            marks.append("states: " + ", ".join(entity.states.values))
        if entity.rules:
            marks.append(f"{len(entity.rules)} rule{'s' if len(entity.rules) > 1 else ''}")
        note = f"   [{'; '.join(marks)}]" if marks else ""
        lines.append(f"{entity.name}: {', '.join(names)}{note}")
    for label, found in (
        ("roles", application.accounts.roles),
        ("operations", tuple(application.operations)),
        ("reports", tuple(application.reports)),
        ("feeds", tuple(application.feeds)),
        ("tenant", (application.tenancy.tenant,) if application.tenancy else ()),
    ):
        if found:
            lines.append(f"{label}: {', '.join(found)}")
    return lines
