"""`check`: all that is wrong with a Blueprint, and on request every default that applies."""

from __future__ import annotations

from pathlib import Path

from local_engine.cli.blueprints import (
    counted,
    in_short,
    load_blueprint,
    problem_facts,
    show_problems,
)
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output


def check_blueprint(path: Path, explained: bool, output: Output) -> int:
    """Exit code 0 when code can be generated from the Blueprint (warnings are shown)."""
    from local_engine.generator.blueprint import explain

    document = load_blueprint(path, output)
    show_problems(document.warnings, path, output)
    for line in in_short(document):
        output.line(line)
    lines = explain(document.application) if explained else []
    for line in lines:
        output.line(line)
    warnings = counted(len(document.warnings), "warning") or "no warnings"
    output.line(f"No errors, {warnings}.")
    facts = {"problems": problem_facts(document.warnings)}
    output.finish(facts | ({"explained": lines} if explained else {}))
    return ExitCode.OK
