"""Exit codes, and the one exception that commands end with."""

from __future__ import annotations


class ExitCode:
    """What the process answers to its caller."""

    OK = 0
    FAILED = 1  # it was carried out, and the answer is no: a check failed, a Blueprint is wrong
    USAGE = 2  # it was asked in a way that cannot be carried out
    ENVIRONMENT = 3  # the machine lacks something: no space, a port, the database did not start


class CommandError(Exception):
    """Ends a command with a message, what to do about it, and an exit code."""

    def __init__(self, message: str, *, hint: str = "", code: int = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
