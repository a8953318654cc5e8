"""The head of a prompt: what the product is called and what kind of product it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.reading.nouns import is_verb
from local_engine.generator.planner.tokens import Token, is_plural, singular

_INTRO = frozenset(
    [
        "hi",
        "hello",
        "hey",
        "please",
        "i",
        "we",
        "you",
        "i'd",
        "i'm",
        "need",
        "want",
        "would",
        "like",
        "to",
        "create",
        "build",
        "make",
        "develop",
        "generate",
        "design",
        "write",
        "implement",
        "looking",
        "for",
        "have",
        "can",
        "could",
        "help",
        "me",
        "us",
        "give",
        "let's",
        "set",
        "up",
        "a",
        "an",
        "the",
        "my",
        "our",
        "us",
        "some",
        "new",
        "program",
        "code",
        "app",
        "application",
        "api",
        "backend",
        "system",
        "service",
        "tool",
        "platform",
        "software",
        "website",
        "rest",
        "which",
        "that",
    ]
)
_ENDS = frozenset(
    [
        "where",
        "with",
        "that",
        "which",
        "for",
        "to",
        "in",
        "who",
        "whose",
        "when",
        "and",
        "or",
        "so",
        "from",
        "by",
        "of",
        "using",
        "on",
        "can",
        "should",
        "must",
        "like",
        "similar",
        "based",
        "has",
        "have",
        "having",
        "allowing",
        "called",
        "named",
        "is",
        "are",
        "lets",
        "it",
        "users",
        "shared",
        "visible",
        "only",
    ]
)
_KEEPERS = frozenset(
    [
        "tracker",
        "manager",
        "planner",
        "organiser",
        "organizer",
        "shortener",
        "log",
        "registry",
        "directory",
        "database",
        "catalogue",
        "catalog",
        "collection",
        "diary",
        "keeper",
        "builder",
        "tracking",
        "logger",
    ]
)
"""What keeps things: the word before is what is stored."""
_LONGEST = 6
_NAMING = frozenset({"online", "personal", "digital", "mobile", "to-do"})
"""Words without much content that are nevertheless part of a name."""


@dataclass(frozen=True)
class Head:
    """`name` for people, the product in the lexicon if any, and how many tokens it takes."""

    name: str
    key: str
    facts: dict[str, Any]
    used: tuple[int, ...]
    end: int
    noun: tuple[str, ...] = ()
    titled: bool = False
    """Whether a word such as `app` or a plural shows that the noun itself is what is stored."""


def read_head(tokens: Sequence[Token]) -> Head:
    """The head of a prompt; an empty one if it begins with something else."""
    start = 0
    while start < len(tokens) and (tokens[start].lower in _INTRO or not tokens[start].is_word):
        start += 1
    end = start
    while end < len(tokens) and end - start < _LONGEST and tokens[end].is_word:
        if tokens[end].lower in _ENDS:
            break
        if end > start and _acts(tokens, end):
            break
        end += 1
    run = list(tokens[start:end])
    words = lexicon().words
    while len(run) > 1 and run[0].lower in words["fillers"] - _NAMING:
        run.pop(0)
    while run and (run[-1].lower in words["generic"] and not _ends_product(run)):
        run.pop()
    keeper = len(run) > 1 and run[-1].lower in _KEEPERS and not _ends_product(run)
    noun_run = run[:-1] if keeper else run
    key, facts = _product([token.lower for token in run])
    known = bool(key) or keeper or _is_titled(tokens, start, end)
    if not run or not known or (not key and end < len(tokens) and tokens[end].lower == ","):
        return Head("", "", {}, tuple(t.index for t in tokens[:start]), start)
    name = " ".join(token.text for token in run)
    used = tuple(token.index for token in tokens[:end])
    noun = (*(t.lower for t in noun_run[:-1]), singular(noun_run[-1].lower))
    titled = keeper or is_plural(noun_run[-1].lower) or run != list(tokens[start:end])
    if end < len(tokens) and tokens[end].lower == "like" and end + 1 < len(tokens):
        used = (*used, tokens[end].index, tokens[end + 1].index)
        end += 2
    return Head(name[:1].upper() + name[1:], key, facts, used, end, noun, titled)


def _acts(tokens: Sequence[Token], index: int) -> bool:
    """Whether the words before are a subject: `Students enroll ...`."""
    before = tokens[index - 1].lower
    return lexicon().is_person(singular(before)) and is_verb(tokens[index]) and before.endswith("s")


def _ends_product(run: Sequence[Token]) -> bool:
    """Whether the last word belongs to the product's name: `task manager`, but not `todo API`."""
    whole = [token.lower for token in run]
    known = lexicon().products
    return any("_".join(whole[start:]) in known for start in range(len(whole)))


def _product(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The product that the longest run of words names, the last ones first."""
    known = lexicon().products
    if not words:
        return "", {}
    base = [*words[:-1], singular(words[-1])]
    for length in range(len(base), 0, -1):
        for start in range(len(base) - length, -1, -1):
            key = "_".join(base[start : start + length])
            if key in known:
                return known[key]
            key = "_".join(words[start : start + length])
            if key in known:
                return known[key]
    return "", {}


def _is_titled(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a head follows: `Something:` or `A something app`."""
    if end < len(tokens) and tokens[end].lower == ":":
        return True
    generic = lexicon().words["generic"]
    after = tokens[end - 1].lower in generic if end > start else False
    return after or any(token.lower in generic for token in tokens[:start])
