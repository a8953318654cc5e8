"""Patterns: parts of a Blueprint that belong together, filled in with the names of this one.

A pattern is a YAML text with `$names`; a line that ends with `#? flag other` is kept only where
all these flags are set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from local_engine.generator.blueprint.yaml import read_yaml

_FOLDER = Path(__file__).parents[1] / "lexicon" / "patterns"


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def pattern(name: str, names: Mapping[str, str], flags: Collection[str] = ()) -> dict[str, Any]:
    """The plain data of a pattern. Values of `names` are identifiers or lists of them."""
    lines = []
    for line in _text(name).splitlines():
        kept, _, needed = line.partition(" #? ")
        if all(flag in flags for flag in needed.split()):
            lines.append(kept)
    source, problems = read_yaml(Template("\n".join(lines)).substitute(names))
    if problems.has_errors:
        raise ValueError(f"pattern {name}: {problems.sorted()}")
    data = source.data
    return {key: value or {} for key, value in data.items()}
