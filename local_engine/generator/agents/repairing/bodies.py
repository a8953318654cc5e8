"""Another body for an extension point: whole where it is small, else by search and replace."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from local_engine.generator.agents.designing.shapes import Many, Text, Thing
from local_engine.generator.agents.extending.bodies import with_body
from local_engine.generator.agents.extending.guard import objections
from local_engine.generator.agents.providers import Fault
from local_engine.generator.agents.repairing.masking import Masked
from local_engine.generator.agents.repairing.tasks import ExtensionPoint

SMALL = 6_000
"""Up to so many characters, a model writes the whole body."""

_WHY = Text(about="What was wrong, in one sentence.")
_WHOLE = Thing(
    {
        "imports": Many(Text(), about="Import statements that are needed besides."),
        "body": Text(about="All statements of the function."),
        "why": _WHY,
    },
    ("body", "why"),
)
_REPLACING = Thing(
    {
        "replacements": Many(
            Thing(
                {
                    "old": Text(about="Lines of the code, copied exactly; they stand there once."),
                    "new": Text(about="The lines in their place."),
                },
                ("old", "new"),
            )
        ),
        "why": _WHY,
    },
    ("replacements", "why"),
)


def form_of(extension: ExtensionPoint) -> Thing:
    """How its new text is written."""
    return _WHOLE if _is_written_whole(extension) else _REPLACING


def text_of(
    value: Mapping[str, Any], extension: ExtensionPoint, code: Masked
) -> tuple[str, tuple[Fault, ...]]:
    """The file with a model's answer, and what is wrong with it; `code` is what it was shown."""
    if _is_written_whole(extension):
        frame = code.text if _parses(extension.text) else extension.stub
        try:
            made, place = with_body(frame, value["body"], value.get("imports") or ()), "/body"
        except (SyntaxError, ValueError) as error:
            return "", (Fault("/body", f"This is not Python: {error}."),)
    else:
        made, place = code.text, "/replacements"
        for index, one in enumerate(value["replacements"]):
            if made.count(one["old"]) != 1 or not one["old"].strip():
                message = "This does not stand in the code exactly once."
                return "", (Fault(f"/replacements/{index}/old", message),)
            made = made.replace(one["old"], one["new"])
    text = code.restored(made)
    if text is None:
        return "", (Fault(place, "A hidden value may only stand in the line where it was."),)
    kept = extension.text if _parses(extension.text) else extension.stub
    return text, tuple(
        Fault(place, objection) for objection in objections(text, extension.stub, like=kept)
    )


def _is_written_whole(extension: ExtensionPoint) -> bool:
    if len(extension.text) > SMALL:
        return False
    try:
        module = ast.parse(extension.text)
    except (SyntaxError, ValueError):
        return True
    functions = [
        node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return len(functions) == 1 and module.body[-1] is functions[0]


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
