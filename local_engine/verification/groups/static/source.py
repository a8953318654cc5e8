"""The project's files, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local_engine.verification.context import Context

_SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", "dist", "build"})
_OLDEST_PYTHON = (3, 11)
_LARGEST = 1_000_000
_WITH_CHILDREN = (
    ast.stmt,
    ast.expr,
    ast.arguments,
    ast.arg,
    ast.keyword,
    ast.alias,
    ast.withitem,
    ast.comprehension,
    ast.excepthandler,
    ast.match_case,
    ast.pattern,
)


@dataclass(frozen=True)
class Source:
    """One text file; `name` is its path inside the project."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree; raises SyntaxError also for what Python 3.11 does not know."""
        return ast.parse(self.text, self.name, feature_version=_OLDEST_PYTHON)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """The nodes of its tree, parents before children; without contexts and operators."""
        found: list[ast.AST] = [self.tree]
        for node in found:  # which grows meanwhile
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    found += [one for one in value if isinstance(one, _WITH_CHILDREN)]
                elif isinstance(value, _WITH_CHILDREN):
                    found.append(value)
        return found

    @cached_property
    def calls(self) -> list[tuple[ast.Call, str]]:
        """Its calls, each with what is called, as it is written."""
        return [(node, dotted(node.func)) for node in self.nodes if isinstance(node, ast.Call)]


def dotted(node: ast.expr) -> str:
    """The expression as it is written; quick for names with dots."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=first), attr=second):
            return f"{first}.{second}"
    return ast.unparse(node)


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
    return context.once_for_all("modules", lambda: list(files(context.controls.project, ".py")))


def compiled(context: Context) -> list[Source]:
    """Those modules of the package `app` that compile."""
    return context.once_for_all("compiled", lambda: list(_compiled(modules(context))))


def _compiled(sources: list[Source]) -> Iterator[Source]:
    for source in sources:
        if source.name.startswith("app/"):
            try:
                source.tree  # noqa: B018 - parsed here, and kept
            except (SyntaxError, ValueError):
                continue
            yield source
