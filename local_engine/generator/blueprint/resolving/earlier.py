"""Checks what renamed words, the names of states and roles, were called before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.names import check_name


def check_earlier_names(
    context: Context, was: Mapping[str, str], present: Collection[str], path: Path, what: str
) -> None:
    """Each must be the earlier name of something that is there, and of nothing else."""
    seen: set[str] = set()
    for name, old in was.items():
        at = (*path, name)
        if name not in present:
            message = f"There is no {what} `{name}` that could have been renamed."
            context.error(at, f"unknown-{what}", message, closest(name, present), at_key=True)
        if old in present:
            message = f"The {what} `{old}` is still there, so `{name}` cannot be what it was."
            context.error(at, "contradiction", message)
        elif old in seen:
            message = f"Another {what} was called `{old}` too."
            context.error(at, "contradiction", message)
        else:
            check_name(context, old, at, what, words=False)
        seen.add(old)
