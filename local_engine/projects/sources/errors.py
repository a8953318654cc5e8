"""Why a source cannot be read."""

from __future__ import annotations


class SourceError(Exception):
    """The source cannot be read; `hint` says what to do. Never holds a password."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
