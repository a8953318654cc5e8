"""What in a project's folder stays out of its history: secrets, what tools make, what is huge."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dulwich.ignore import IgnoreFilterManager

from local_engine.projects.layout import GIT
from local_engine.projects.repository import is_unfinished

MAX_FILE_BYTES = 20_000_000

_SECRETS = (".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "secret_key")
_NO_SECRETS = (".env.example", ".env.sample", ".env.template")
_TOOLS = frozenset(
    {".venv", "venv", "node_modules", "__pycache__", ".tox", ".idea"}
    | {".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
_DATA = "data"


class Reason(StrEnum):
    """Why something is left out, as the end of the sentence “it is left out: it ...”."""

    SECRET = "may hold a secret"  # noqa: S105
    TOOL = "is made by a tool"
    DATA = "is the folder for data"
    IGNORED = "is named in .gitignore"
    LARGE = "is larger than 20 MB"
    REPOSITORY = "is a git repository of its own"
    UNREADABLE = "cannot be read"

    @property
    def is_expected(self) -> bool:
        """Whether nobody needs to be told."""
        return self in {Reason.TOOL, Reason.IGNORED, Reason.SECRET}


@dataclass(frozen=True)
class LeftOut:
    """A file or, with all that is in it, a folder that is no part of the history."""

    path: str
    reason: Reason

    def holds(self, path: str) -> bool:
        """Whether a path is this one, or below it."""
        return path == self.path or path.startswith(f"{self.path}/")


class Omission:
    """Decides what is left out of one project; reads its `.gitignore` files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ignored = IgnoreFilterManager(str(folder), [], ignorecase=False)

    def of_folder(self, path: str, entry: os.DirEntry[str]) -> Reason | None:
        """Why a folder is left out with all that is in it; None if it is not."""
        if entry.name in _TOOLS or is_unfinished(entry.name):
            return Reason.TOOL
        if path == _DATA:
            return Reason.DATA
        if Path(entry.path, GIT).exists():
            return Reason.REPOSITORY
        return Reason.IGNORED if self._is_ignored(f"{path}/") else None

    def of_file(self, path: str, entry: os.DirEntry[str], size: int) -> Reason | None:
        """Why a file is left out; None if it is not."""
        if is_secret(entry.name):
            return Reason.SECRET
        if self._is_ignored(path):
            return Reason.IGNORED
        return Reason.LARGE if size > MAX_FILE_BYTES else None

    def _is_ignored(self, path: str) -> bool:
        try:
            return bool(self._ignored.is_ignored(path))
        except UnicodeEncodeError:  # a name that is no UTF-8 is in no pattern
            return False


def is_secret(name: str) -> bool:
    """Whether a file of this name may hold a secret and so never enters the history."""
    folded = name.casefold()
    if folded in _NO_SECRETS:
        return False
    return any(fnmatch.fnmatchcase(folded, pattern) for pattern in _SECRETS)
