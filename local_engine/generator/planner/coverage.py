"""Coverage: words of the prompt that nothing was made of become questions."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.planner.draft import MAX_THINGS, Draft
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.tokens import Token

MAX_QUESTIONS = 30
"""More open words than this are counted in one question."""


def ask_about_rest(draft: Draft, tokens: Sequence[Token], used: set[int]) -> None:
    """Asks about every run of words that is neither used nor empty."""
    runs: list[list[Token]] = []
    last = -2
    for token in tokens:
        if token.index in used or not (token.is_word or token.is_number):
            continue
        if token.is_word and lexicon().is_empty(token.lower):
            continue
        if runs and token.index - last <= 2:
            runs[-1].append(token)
        else:
            runs.append([token])
        last = token.index
    for run in runs[:MAX_QUESTIONS]:
        words = " ".join(draft.text[run[0].start : run[-1].end].split())
        if len(words) > 120:
            words = words[:119] + "…"
        draft.ask(
            f"What should “{words}” mean for the backend? It is not in the Blueprint yet.", words
        )
    if len(runs) > MAX_QUESTIONS:
        rest = len(runs) - MAX_QUESTIONS
        first = draft.text[runs[MAX_QUESTIONS][0].start :][:40].strip()
        draft.ask(
            f"{rest} more places of the prompt are not in the Blueprint, from “{first}…” on. "
            "What matters of them?"
        )
    if draft.dropped:
        draft.ask(
            f"The prompt names more than fits one plan ({MAX_THINGS} entities); "
            f"{draft.dropped} mentions were left out. Which parts should be built first?"
        )
