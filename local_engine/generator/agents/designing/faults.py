"""A model's own answer with what is wrong with it, beside the value that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from local_engine.generator.agents.providers import Fault

_INDENT = " "
_SHORT = 90
Pointer = tuple[str | int, ...]


def steps_of(path: str) -> Pointer:
    """The steps of a path as problems write it: `entities.Order.rules[0].check`."""
    found = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
    return tuple(int(number) if number else word for number, word in found)


def place_of(answer: Any, steps: Sequence[str | int]) -> Pointer:
    """Where in an answer a path of the Blueprint is; as near to it as the answer leads.

    Where the Blueprint has mappings by name, the answer has lists of things with a `name`.
    """
    at: Any = answer
    place: Pointer = ()
    for step in steps:
        if isinstance(at, list):
            names = [item.get("name") if isinstance(item, dict) else None for item in at]
            index = names.index(step) if step in names else step
            if not isinstance(index, int) or index >= len(at):
                return place
            at, place = at[index], (*place, index)
        elif isinstance(at, dict) and step in at:
            at, place = at[step], (*place, step)
    return place


def pointer(place: Iterable[str | int]) -> str:
    """A place as a JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)


def annotated(value: Any, faults: Iterable[Fault]) -> str:
    """The JSON text of a value; a line with a fault ends with what is wrong there."""
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.path, []).append(" ".join(fault.message.split()))
    return "\n".join(_lines(value, "", "", "", told))


def _lines(value: Any, path: str, indent: str, head: str, told: dict[str, list[str]]) -> list[str]:
    note = "".join(f"  // WRONG: {one}" for one in told.get(path, ()))
    inside = any(other.startswith(f"{path}/") for other in told)
    text = json.dumps(value, ensure_ascii=False, default=str)
    if not isinstance(value, dict | list) or not value or (not inside and len(text) <= _SHORT):
        return [f"{indent}{head}{text}{note}"]
    pairs: list[tuple[str, str, Any]]
    if isinstance(value, dict):
        pairs = [(f"{json.dumps(key)}: ", pointer((key,)), inner) for key, inner in value.items()]
        opening, closing = "{", "}"
    else:
        pairs = [("", f"/{index}", inner) for index, inner in enumerate(value)]
        opening, closing = "[", "]"
    lines = [f"{indent}{head}{opening}{note}"]
    for name, step, inner in pairs:
        lines += _lines(inner, path + step, indent + _INDENT, name, told)
    return [*lines, f"{indent}{closing}"]
