"""Why a push cannot be done."""

from __future__ import annotations

from local_engine.projects.errors import ProjectError


class PushRefused(ProjectError):
    """Nothing was pushed. `code` says why to programs; no part of it ever holds a secret."""

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
