"""The files of a project that may be given away: no secrets, no data, no links, no tools' own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_engine.projects.layout import GIT, PRIVATE
from local_engine.projects.leaving_out import Omission

_MORE_SECRETS = re.compile(
    r"id_(?:rsa|ed25519|ecdsa|dsa)|\.netrc|\.pgpass|\.npmrc|\.pypirc|.*\.(?:jks|keystore)|"
    r"credentials\.json|secrets?\.(?:json|ya?ml|toml)",
    re.IGNORECASE,
)
"""What may be in the history of its owner, but is not for others."""
_WASTE = re.compile(r".*\.(?:py[co]|log|swp|tmp)|\.DS_Store|Thumbs\.db|\.coverage", re.IGNORECASE)


@dataclass(frozen=True)
class SharedFiles:
    """What is given away: each file's path in the project and on disk; what is not, and why not."""

    files: dict[str, Path]
    left_out: dict[str, str]


def shared_files(project: Path, *, with_git: bool = False) -> SharedFiles:
    """Finds a project's files; none is read. Links are never followed. Raises OSError.

    `with_git` adds the history, but not what the store keeps beside it: snapshots of data.
    """
    root = project.resolve()
    left_out: dict[str, str] = {}
    files = dict(_walk(root, root, Omission(root), left_out))
    if with_git and (root / GIT).is_dir():
        files |= dict(_history(root))
    return SharedFiles(dict(sorted(files.items())), dict(sorted(left_out.items())))


def _walk(
    root: Path, folder: Path, omission: Omission, left_out: dict[str, str]
) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        path = Path(entry.path)
        name = path.relative_to(root).as_posix()
        if name == GIT:
            continue
        if entry.is_symlink():
            left_out[name] = "is a link"
        elif entry.is_dir():
            reason = omission.of_folder(name, entry)
            if reason is None:
                yield from _walk(root, path, omission, left_out)
            else:
                left_out[name] = str(reason)
        elif not entry.is_file():
            left_out[name] = "is not a file"
        elif not _WASTE.fullmatch(entry.name):
            reason = omission.of_file(name, entry, entry.stat().st_size)
            if reason is not None:
                left_out[name] = str(reason)
            elif _MORE_SECRETS.fullmatch(entry.name):
                left_out[name] = "may hold a secret"
            else:
                yield name, path


def _history(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / GIT).rglob("*")):
        inner = path.relative_to(root / GIT).parts
        if inner[0] != PRIVATE and path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix(), path
