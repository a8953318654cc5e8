"""Asks before something is done that cannot be undone."""

from __future__ import annotations

import sys

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output


def agreed(question: str, yes: bool, output: Output) -> bool:
    """Whether the person says yes, or said so before. Raises `CommandError` without a person."""
    if yes:
        return True
    if not may_ask(output):
        raise CommandError(
            "nobody is there to be asked", hint="add --yes to go on", code=ExitCode.USAGE
        )
    import typer

    return typer.confirm(question, default=False)


def may_ask(output: Output) -> bool:
    """Whether there is a person who can be asked."""
    return not output.as_json and sys.stdin.isatty()
