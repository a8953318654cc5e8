"""What may go wrong with a deployment, in words for the person who asked for it."""

from __future__ import annotations

from collections.abc import Sequence

LINES_SHOWN = 20


class DeploymentError(Exception):
    """It cannot be done. The first line says what is wrong, the rest what to do about it."""

    @property
    def what(self) -> str:
        """The first line."""
        return str(self).partition("\n")[0]

    @property
    def advice(self) -> str:
        """The rest; empty if there is none."""
        return str(self).partition("\n")[2]


class EngineUnusable(DeploymentError):
    """No Docker engine can be used here."""


class NotDeployed(DeploymentError):
    """There is no such deployment."""


class CommandFailed(DeploymentError):
    """A command in a container ended with an error."""

    def __init__(self, command: str, exit_code: int, lines: Sequence[str]) -> None:
        self.exit_code = exit_code
        super().__init__(f"`{command}` ended with exit code {exit_code}.\n{quoted(lines)}")


def quoted(lines: Sequence[str]) -> str:
    """The last of these lines, indented, or a word that there are none."""
    shown = [f"  {line}" for line in lines[-LINES_SHOWN:]]
    return "\n".join(shown) if shown else "  (it wrote nothing)"
