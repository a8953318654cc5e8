"""Phrases that state rules: recognised as a whole, before anything else of their clause is read."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.planner.draft import Span
from local_engine.generator.planner.lexicon import phrase_patterns
from local_engine.generator.planner.tokens import Token, lowered


@dataclass(frozen=True)
class Phrase:
    """A phrase that states a rule: its kind, its parts in small letters, and where it stands."""

    kind: str
    parts: dict[str, str]
    span: Span
    tokens: tuple[int, ...]


_WINDOW = 2000
"""Characters of a clause that are looked at together; no rule is longer."""


def find_phrases(text: str, clause: list[Token], taken: set[int]) -> list[Phrase]:
    """The rule phrases of a clause, in order; the tokens they are made of are added to `taken`."""
    if not clause:
        return []
    found: list[Phrase] = []
    begin, end = clause[0].start, clause[-1].end
    for start in range(begin, end, _WINDOW):
        stop = min(end, start + _WINDOW)
        small = lowered(text[start:stop])
        inside = [token for token in clause if start <= token.start and token.end <= stop]
        for kind, pattern in phrase_patterns():
            for match in pattern.finditer(small):
                span = (start + match.start(), start + match.end())
                tokens = [t.index for t in inside if span[0] <= t.start and t.end <= span[1]]
                if not tokens or taken.intersection(tokens):
                    continue
                taken.update(tokens)
                parts = {key: value for key, value in match.groupdict().items() if value}
                found.append(Phrase(kind, parts, span, tuple(tokens)))
    return sorted(found, key=lambda phrase: phrase.span)
