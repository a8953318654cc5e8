"""Subjects: who acts in a clause, said or implied, and where the verb stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_engine.generator.planner.lexicon import Verb, lexicon
from local_engine.generator.planner.reading.nouns import (
    DETERMINERS,
    NounPhrase,
    is_verb,
    noun_phrase,
)
from local_engine.generator.planner.tokens import Token, verb_forms

BETWEEN = frozenset(
    [
        "can",
        "may",
        "should",
        "must",
        "will",
        "could",
        "shall",
        "also",
        "only",
        "always",
        "to",
        "be",
        "able",
        "want",
        "wants",
        "need",
        "needs",
        "allowed",
        "then",
        "are",
        "is",
        "they",
        "who",
    ]
)
SEPARATORS = frozenset({",", "and", "or", "&", "/", "plus", "-", "*", "•", "then"})
_BEFORE = SEPARATORS | {"where", "that", "which", ":", "for", "("}
_PRONOUNS = frozenset({"they", "i", "we", "everyone", "everybody", "anyone"})
_MOST = 4


@dataclass(frozen=True)
class Subject:
    """The people who act (none for a pronoun), the tokens they are named by, and their verb."""

    persons: tuple[NounPhrase, ...]
    start: int
    end: int
    verb: int
    implied: bool = False


def subject_at(tokens: Sequence[Token], start: int) -> Subject | None:
    """The subject that begins at an index of a clause, or None."""
    if start and tokens[start].lower != "to" and tokens[start - 1].lower not in _BEFORE:
        return None
    verb = _implied(tokens, start)
    if verb is not None:
        return Subject((), start, start, verb, implied=True)
    persons, end = _persons(tokens, start)
    if not persons:
        if start >= len(tokens) or tokens[start].lower not in _PRONOUNS:
            return None
        end = start + 1
    verb = _verb_position(tokens, end)
    if verb is None:
        return None
    if persons and verb == end and not (persons[-1].plural or persons[-1].determined):
        return None
    return Subject(tuple(persons), start, end, verb)


def _persons(tokens: Sequence[Token], start: int) -> tuple[list[NounPhrase], int]:
    """`managers and clerks`: people one after the other, and the index after them."""
    persons: list[NounPhrase] = []
    index = start
    while len(persons) < _MOST:
        phrase = noun_phrase(tokens, index)
        if phrase is None or not _can_act(phrase, tokens):
            break
        persons.append(phrase)
        index = phrase.end + 1
        if phrase.end >= len(tokens) or tokens[phrase.end].lower not in ("and", "or", ","):
            break
    return persons, persons[-1].end if persons else start


def _implied(tokens: Sequence[Token], start: int) -> int | None:
    """`to track expenses`, `for tracking expenses`, `Track my expenses`."""
    if not is_verb(tokens[start]) and tokens[start].lower != "to":
        return None
    if tokens[start].lower == "to":
        if start + 1 < len(tokens) and is_verb(tokens[start + 1]):
            return start + 1
        return None
    before = tokens[start - 1].lower if start else ""
    follows = start + 1 < len(tokens) and tokens[start + 1].is_word
    gerund = tokens[start].lower.endswith("ing") and before == "for"
    if start and not gerund:
        return None
    phrase = noun_phrase(tokens, start)
    base = tokens[start].lower in lexicon().verbs
    determined = follows and noun_phrase(tokens, start + 1) is not None
    determined = determined and tokens[start + 1].lower in DETERMINERS
    if phrase is not None and phrase.key in lexicon().concepts and not determined:
        return None
    return start if follows and (gerund or base) else None


def _can_act(phrase: NounPhrase, tokens: Sequence[Token]) -> bool:
    if phrase.person:
        return True
    index = phrase.end
    if index >= len(tokens) or phrase.concept or phrase.field:
        return False
    modal = tokens[index].lower in ("can", "may", "should", "must")
    agent = phrase.head.endswith(("er", "or", "ist", "ant", "eer"))
    return agent and phrase.plural and (modal or is_verb(tokens[index]))


def verb_of(token: Token) -> Verb:
    """The verb that a word is a form of."""
    verbs = lexicon().verbs
    return next(verbs[form] for form in verb_forms(token.lower) if form in verbs)


def _verb_position(tokens: Sequence[Token], index: int) -> int | None:
    """Where the verb after a subject stands, modals and adverbs skipped."""
    limit = index + 6
    while index < len(tokens) and index < limit:
        if is_verb(tokens[index]):
            return index
        if tokens[index].lower not in BETWEEN:
            return None
        index += 1
    return None
