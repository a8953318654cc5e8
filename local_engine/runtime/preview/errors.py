"""What may go wrong with a preview, in words for the person who started it."""

from __future__ import annotations

from collections.abc import Sequence

LINES_SHOWN = 20


class PreviewError(Exception):
    """A preview could not be started, found or stopped; the message says what to do."""


class CommandFailedError(PreviewError):
    """A command of the project ended with an error. `output` holds all it wrote."""

    def __init__(self, command: str, exit_code: int, output: str) -> None:
        self.command = command
        self.exit_code = exit_code
        self.output = output
        said = quoted(output.splitlines())
        super().__init__(f"`python -m app {command}` ended with exit code {exit_code}:\n{said}")


def quoted(lines: Sequence[str]) -> str:
    """The last of these lines, indented, or a word that there are none."""
    shown = [f"  {line}" for line in lines[-LINES_SHOWN:]]
    return "\n".join(shown) if shown else "  (it wrote nothing)"
