"""From the draft to the source model; what does not fit is left out and asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from local_engine.generator.blueprint import Blueprint, BlueprintErrors, Severity, resolve
from local_engine.generator.planner.composing.things import accounts
from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.results import PlanningError

_ROUNDS = 30


def plain_blueprint(draft: Draft, tenancy: dict[str, Any] | None) -> dict[str, Any]:
    """The plain data of the Blueprint."""
    data: dict[str, Any] = {"blueprint": 1, "name": draft.name}
    if "currency" in draft.flags:
        data["currency"] = draft.flags["currency"]
    settled = {} if tenancy else accounts(draft)
    if settled:
        data["accounts"] = settled
    if tenancy:
        data["tenancy"] = tenancy
    data["entities"] = {thing.name: _entity(thing) for thing in draft.things.values()}
    for key in ("operations", "reports", "feeds", "emails"):
        found = getattr(draft, key)
        if found:
            data[key] = found
    return data


def _entity(thing: Thing) -> dict[str, Any]:
    data: dict[str, Any] = dict(thing.extra)
    if thing.owner:
        data["owner"] = thing.owner
    if thing.part_of:
        data["part_of"] = thing.part_of
    data["fields"] = thing.fields
    data["relations"] = thing.relations
    if thing.states:
        data["states"] = thing.states
    if thing.rules:
        data["rules"] = thing.rules
    if thing.access:
        data["access"] = thing.access
    return data


Ask = Callable[[str, str], None]
"""Asks a question about a part of the Blueprint."""


def settle(data: dict[str, Any], ask: Ask) -> Blueprint:
    """A Blueprint that resolves; parts with an error are left out, each with a question.

    Raises PlanningError where too much would have to be left out.
    """
    for _ in range(_ROUNDS):
        try:
            blueprint = Blueprint.model_validate(data)
            resolve(blueprint)
        except ValidationError as error:
            location = list(error.errors()[0]["loc"])
            _drop(ask, data, [str(step) for step in location], str(error.errors()[0]["msg"]))
            continue
        except BlueprintErrors as error:
            first = next(p for p in error.problems if p.severity is Severity.ERROR)
            _drop(ask, data, _steps(first.path), first.message)
            continue
        return blueprint
    raise PlanningError("Too much of the plan does not hold together.", "say it in smaller parts")


def _drop_around(data: dict[str, Any], kept: list[str]) -> bool:
    """Leaves out the whole entity or operation around a part that cannot be found."""
    around = data.get(kept[0])
    if isinstance(around, dict) and len(kept) > 1 and around.pop(kept[1], None) is not None:
        return True
    return kept[0] not in ("blueprint", "entities") and data.pop(kept[0], None) is not None


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"[.\[\]]+", path) if step]


def _drop(ask: Ask, data: dict[str, Any], steps: list[str], message: str) -> None:
    """Leaves out the part that a path leads to: a field, relation, rule, transition, ..."""
    depths = {"fields": 4, "relations": 4, "rules": 4, "effects": 4}
    depth = 2
    if steps[:1] == ["entities"] and len(steps) > 2:
        depth = depths.get(steps[2], 3)
        if steps[2] == "states" and len(steps) > 4:
            depth = 5
    place: Any = data
    kept = steps[:depth]
    for step in kept[:-1]:
        place = place[int(step)] if isinstance(place, list) else place.get(step, {})
    last = kept[-1]
    if isinstance(place, list):
        place.pop(int(last))
    elif last in place:
        del place[last]
    elif kept == ["name"]:
        data["name"] = "Backend"
    elif not _drop_around(data, kept):
        raise PlanningError(
            f"The plan does not hold together: {'.'.join(steps)}: {message}",
            "say it in other words, or in smaller parts",
        )
    ask(f"Left out {'.'.join(kept)}: {message} How should it be?", ".".join(kept))
