"""What cannot be planned at all: nothing, and other languages than English."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.planner.lexicon import languages, lexicon
from local_engine.generator.planner.results import NotUnderstood, PlanningError, Question
from local_engine.generator.planner.tokens import Token

MAX_CHARACTERS = 1_000_000
_CLUES = 2


def refuse_shapes(prompt: str) -> None:
    """Raises PlanningError for a prompt that is empty or far too long."""
    if not prompt.strip():
        raise PlanningError("The prompt is empty.", 'say what to build: "A simple todo API"')
    if len(prompt) > MAX_CHARACTERS:
        raise PlanningError(
            f"The prompt has {len(prompt):,} characters; {MAX_CHARACTERS:,} can be read.",
            "describe the product in a few sentences",
        )


def refuse_other_languages(tokens: Sequence[Token]) -> None:
    """Raises NotUnderstood where the words are not English ones."""
    words = [token.lower for token in tokens if token.is_word][:400]
    foreign_letters = sum(not word.isascii() for word in words)
    table = lexicon().words
    if words and foreign_letters > len(words) / 2:
        _refuse("This does not seem to be English")
    english = sum(word in table["english"] for word in words)
    scores = {name: sum(word in table[name] for word in words) for name in languages()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] >= _CLUES and scores[best] > english:
        _refuse(f"This looks like {best.capitalize()}")


def _refuse(what: str) -> None:
    raise NotUnderstood(
        Question(f"{what}. I understand English only: could you say it in English?")
    )
