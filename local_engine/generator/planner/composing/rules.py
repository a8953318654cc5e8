"""What rule phrases mean for the Blueprint.

Early ones shape things, before fields and relations are settled; late ones are rules over them.
A phrase that fits nothing stays unused, and so becomes a question.
"""

from __future__ import annotations

from collections.abc import Callable

from local_engine.generator.planner.composing.early import EARLY
from local_engine.generator.planner.composing.late import LATE
from local_engine.generator.planner.composing.outputs import OUTPUTS
from local_engine.generator.planner.composing.visibility import VISIBILITY
from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.reading.phrases import Phrase

Handler = Callable[[Draft, Phrase], bool]

__all__ = ["apply_early", "apply_late"]


def apply_early(draft: Draft, used: set[int]) -> None:
    """Applies the phrases that shape things."""
    _apply(draft, used, EARLY)


def apply_late(draft: Draft, used: set[int]) -> None:
    """Applies the phrases that are rules."""
    _apply(draft, used, {**VISIBILITY, **LATE, **OUTPUTS})


def _apply(draft: Draft, used: set[int], handlers: dict[str, Handler]) -> None:
    for kind, handler in handlers.items():
        for phrase in draft.flags["phrases"]:
            if phrase.kind == kind and handler(draft, phrase):
                used.update(phrase.tokens)
