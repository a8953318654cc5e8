"""Predicates: verbs with their objects, and with what or for whom it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from local_engine.generator.planner.lexicon import Verb, lexicon
from local_engine.generator.planner.reading.nouns import (
    NounPhrase,
    is_measure,
    is_verb,
    noun_phrase,
)
from local_engine.generator.planner.reading.subjects import BETWEEN, SEPARATORS, verb_of
from local_engine.generator.planner.tokens import Token, singular

_PREPOSITIONS = frozenset(
    ["for", "with", "at", "in", "on", "to", "from", "about", "of", "into", "by"]
)

Describe = Callable[[NounPhrase, Sequence[Token], int], int]
"""Reads attributes of the noun before `with` or `(`; gives the index after them."""


@dataclass
class Predicate:
    """Verbs, what they are done to, and prepositions with what follows them."""

    verbs: list[tuple[Verb, Token]] = field(default_factory=list)
    objects: list[NounPhrase] = field(default_factory=list)
    targets: list[tuple[str, NounPhrase]] = field(default_factory=list)
    end: int = 0


def read_predicate(
    tokens: Sequence[Token], start: int, used: set[int], describe: Describe
) -> Predicate | None:
    """The predicate at an index, or None where no verb stands."""
    found = Predicate(end=start)
    _read_verbs(tokens, found, used)
    if not found.verbs:
        return None
    while found.end < len(tokens) and not _is_next_predicate(tokens, found):
        _read_object(tokens, found, used, describe)
    return found


def _read_verbs(tokens: Sequence[Token], found: Predicate, used: set[int]) -> None:
    """`create, edit and delete`: verbs with the same objects."""
    while found.end < len(tokens):
        token = tokens[found.end]
        if is_verb(token) and not _is_object(tokens, found.end, bool(found.verbs)):
            verb = verb_of(token)
            if found.verbs and verb.act == "receive":
                return
            found.verbs.append((verb, token))
        elif (
            token.lower not in SEPARATORS | BETWEEN
            or not found.verbs
            or not _verb_comes(tokens, found.end + 1)
        ):
            return
        used.add(token.index)
        found.end += 1


def _verb_comes(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and (
        is_verb(tokens[index]) or tokens[index].lower in SEPARATORS | BETWEEN
    )


def _is_object(tokens: Sequence[Token], index: int, after_verb: bool) -> bool:
    """Whether a word that could be a verb is a noun here: `write reviews`, `make orders`."""
    if not after_verb:
        return False
    word = tokens[index].lower
    noun = singular(word) in lexicon().concepts or singular(word) in lexicon().fields
    direct = index > 0 and is_verb(tokens[index - 1])
    return noun and (singular(word) != word or direct)


def _is_next_predicate(tokens: Sequence[Token], found: Predicate) -> bool:
    """Whether another verb of the same subject begins: `enroll ... and receive a grade`."""
    index = found.end
    if is_verb(tokens[index]) and verb_of(tokens[index]).act == "receive":
        return True
    after = index + 1
    if tokens[index].lower not in SEPARATORS or after >= len(tokens):
        return False
    if is_verb(tokens[after]) and not _is_object(tokens, after, after_verb=True):
        found.end = after
        return True
    return False


def _read_object(
    tokens: Sequence[Token], found: Predicate, used: set[int], describe: Describe
) -> None:
    index = found.end
    word = tokens[index].lower
    found.end = index + 1
    if word in SEPARATORS:
        return
    begins = word in ("(", "having") or (word == "with" and _describes(found, tokens, index))
    if begins and found.objects:
        found.end = describe(found.objects[-1], tokens, index)
        return
    preposition = word in _PREPOSITIONS
    phrase = noun_phrase(tokens, index + 1 if preposition else index)
    if phrase is None:
        return
    found.end = phrase.end
    if is_measure(tokens, phrase):
        return
    if preposition:
        found.targets.append((word, phrase))
        used.add(tokens[index].index)
    elif phrase.head in lexicon().words["generic"] and not phrase.concept:
        used.update(phrase.used)
    else:
        found.objects.append(phrase)


def _describes(found: Predicate, tokens: Sequence[Token], index: int) -> bool:
    """Whether `with` begins attributes of the object rather than the one it is done with."""
    phrase = noun_phrase(tokens, index + 1)
    act = found.verbs[-1][0].act
    return phrase is None or not phrase.person or act not in ("engage", "create")
