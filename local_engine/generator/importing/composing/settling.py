"""Makes sure that an imported Blueprint holds together: what does not is left out, and told."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from local_engine.generator.blueprint import (
    Blueprint,
    BlueprintErrors,
    Severity,
    dump,
    resolve,
)
from local_engine.generator.blueprint.writer import write
from local_engine.generator.blueprint.yaml import MAX_BYTES
from local_engine.generator.importing.composing.draft import Draft
from local_engine.generator.importing.report import Import, ImportRefused

_ROUNDS = 40
_WHOLE = {"fields": 4, "relations": 4, "rules": 4}
"""How many steps lead to a part that is left out as a whole."""


def settle(draft: Draft) -> Import:
    """The import with a Blueprint that resolves.

    An option that does not hold is left out alone; what still does not hold is left out as a
    whole. Raises ImportRefused where nothing is left, or the Blueprint would be too large.
    """
    data = draft.plain()
    _refuse_size(data)
    for _ in range(_ROUNDS):
        blueprint, problems = _judged(data)
        if blueprint is not None:
            return _finished(draft, blueprint)
        dropped: set[str] = set()
        for path, message in reversed(problems):
            place = _place(data, path)
            around = {".".join(path[:count]) for count in range(1, len(path) + 1)}
            if place and not dropped & around:
                _drop(data, place)
                dropped.add(".".join(place))
                draft.account.left_out(
                    ".".join(place), f"it does not hold together: {message}", ".".join(place)
                )
        if not dropped:
            break
    raise ImportRefused("what the source describes does not hold together as a Blueprint")


def _finished(draft: Draft, blueprint: Blueprint) -> Import:
    return Import(blueprint, dump(blueprint), draft.account.notes)


def _refuse_size(data: dict[str, Any]) -> None:
    size = len(write(data).encode())
    if size > MAX_BYTES:
        raise ImportRefused(
            f"the Blueprint would have {size} bytes; it may have {MAX_BYTES}",
            f"import a part: {len(data['entities'])} entities are more than one product needs",
        )


def _judged(data: dict[str, Any]) -> tuple[Blueprint | None, list[tuple[list[str], str]]]:
    """The Blueprint if it resolves, else the places of its problems and what they are."""
    if not data.get("entities"):
        raise ImportRefused("there is nothing in the source that a Blueprint can store")
    try:
        blueprint = Blueprint.model_validate(data)
        resolve(blueprint)
    except ValidationError as error:
        return None, [
            ([str(step) for step in one["loc"]], str(one["msg"])) for one in error.errors()
        ]
    except BlueprintErrors as error:
        return None, [
            ([step for step in re.split(r"[.\[\]]+", problem.path) if step], problem.message)
            for problem in error.problems
            if problem.severity is Severity.ERROR
        ]
    return blueprint, []


def _place(data: dict[str, Any], path: list[str]) -> list[str]:
    """Where to cut for a problem: at the option that a path leads to, or the part around it."""
    steps = _present(data, path)
    if not steps or steps == ["entities"]:
        return []
    if steps[0] == "entities" and len(steps) > 2:
        whole = _WHOLE.get(steps[2], 3)
        essential = steps[-1] in ("type", "to", "links", "values", "of")
        steps = steps[:whole] if essential or len(steps) <= whole else steps[: whole + 1]
        if steps[2] == "rules":
            steps = steps[:4]
    return steps


def _drop(data: dict[str, Any], steps: list[str]) -> None:
    place: Any = data
    for step in steps[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        del place[int(steps[-1])]
    else:
        del place[steps[-1]]


def _present(data: Any, path: list[str]) -> list[str]:
    """The steps of a path as far as they are there."""
    steps: list[str] = []
    for step in path:
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            break
        steps.append(step)
    return steps
