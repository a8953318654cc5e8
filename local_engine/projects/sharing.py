"""The files of a project that may be given away: no secrets, no caches, no history."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_BYTES = 100_000_000

_FOLDERS = frozenset(
    {".git", ".venv", "venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    | {"node_modules", ".idea", ".vscode", ".hypothesis", "htmlcov"}
)
_SECRET = re.compile(
    r"(?:\.env(?!\.example$)(?:\..*)?|.*\.(?:pem|key|p12|pfx|jks|keystore)|id_(?:rsa|ed25519|ecdsa)|"
    r"\.netrc|\.pgpass|\.npmrc|\.pypirc|credentials\.json|secrets?\.(?:json|ya?ml|toml))",
    re.IGNORECASE,
)
_WASTE = re.compile(r".*\.(?:py[co]|log|swp|tmp)|\.DS_Store|Thumbs\.db|\.coverage", re.IGNORECASE)


@dataclass(frozen=True)
class SharedFiles:
    """What is given away, by path, and what is not, with the reason."""

    files: dict[str, bytes]
    left_out: dict[str, str]


def shared_files(project: Path, *, with_git: bool = False) -> SharedFiles:
    """Reads a project's files. Links are never followed. Raises OSError."""
    files: dict[str, bytes] = {}
    left_out: dict[str, str] = {}
    for name, path in _walk(project.resolve(), project.resolve(), left_out, with_git):
        reason = _reason(path, name)
        if reason is None:
            files[name] = path.read_bytes()
        elif reason:
            left_out[name] = reason
    return SharedFiles(dict(sorted(files.items())), dict(sorted(left_out.items())))


def _walk(
    root: Path, folder: Path, left_out: dict[str, str], with_git: bool
) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = Path(entry.path)
        name = path.relative_to(root).as_posix()
        if entry.is_symlink():
            left_out[name] = "a link"
        elif entry.is_dir():
            if entry.name not in _FOLDERS or (entry.name == ".git" and with_git):
                yield from _walk(root, path, left_out, with_git)
        elif entry.is_file():
            yield name, path
        else:
            left_out[name] = "not a file"


def _reason(path: Path, name: str) -> str | None:
    """Why a file is left out (empty: not worth a word); None if it is given away."""
    if name.startswith(".git/"):
        return None
    if _SECRET.fullmatch(path.name):
        return "it may hold secrets"
    if _WASTE.fullmatch(path.name):
        return ""
    return "it is too large" if path.stat().st_size > MAX_FILE_BYTES else None
