"""The project's files, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_engine.verification.context import Context

_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", "dist", "build"})
_OLDEST_PYTHON = (3, 11)
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Source:
    """One text file; `name` is its path inside the project."""

    name: str
    text: str

    def tree(self) -> ast.Module:
        """Its syntax tree; raises SyntaxError also for what Python 3.11 does not know."""
        return ast.parse(self.text, self.name, feature_version=_OLDEST_PYTHON)


def files(project: Path, *suffixes: str) -> Iterator[Source]:
    """The project's text files with one of these suffixes (all without any), in order."""
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project)
        hidden = any(part in _SKIPPED or part.endswith("_cache") for part in inside.parts)
        if hidden or not path.is_file() or (suffixes and path.suffix not in suffixes):
            continue
        if path.stat().st_size <= _LARGEST:
            try:
                yield Source(inside.as_posix(), path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                continue


def modules(context: Context) -> list[Source]:
    """The Python files of the project; read once."""
    return context.once("modules", lambda: list(files(context.controls.project, ".py")))


def trees(context: Context) -> list[tuple[Source, ast.Module]]:
    """Those modules of the package `app` that compile, with their syntax trees."""
    return context.once("trees", lambda: list(_parsed(modules(context))))


def _parsed(sources: list[Source]) -> Iterator[tuple[Source, ast.Module]]:
    for source in sources:
        if source.name.startswith("app/"):
            try:
                yield source, source.tree()
            except (SyntaxError, ValueError):
                continue
