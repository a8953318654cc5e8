"""Noun phrases: where they end, and what the lexicon knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_engine.generator.planner.draft import Span
from local_engine.generator.planner.lexicon import Concept, FieldWord, lexicon
from local_engine.generator.planner.tokens import Token, is_plural, singular, verb_forms

DETERMINERS = frozenset(
    [
        "a",
        "an",
        "the",
        "their",
        "his",
        "her",
        "my",
        "our",
        "your",
        "its",
        "this",
        "that",
        "these",
        "those",
        "all",
        "any",
        "each",
        "every",
        "several",
        "multiple",
        "many",
        "some",
        "own",
        "other",
        "another",
        "no",
        "one",
        "two",
        "three",
        "few",
        "different",
        "various",
        "others'",
        "users'",
        "user's",
        "people's",
        "same",
        "such",
        "more",
        "both",
        "only",
    ]
)
_POSSESSIVES = frozenset(["their", "his", "her", "my", "our", "your", "own", "its"])
_LONGEST = 3
_MEASURES = frozenset(["per", "by", "every", "within", "until", "after", "before"])


@dataclass(frozen=True)
class NounPhrase:
    """A noun with what stands before it; `end` is the index after it in its clause."""

    words: tuple[str, ...]
    plural: bool
    adjectives: frozenset[str]
    possessed: bool
    span: Span
    end: int
    used: tuple[int, ...]
    determined: bool = False

    @property
    def key(self) -> str:
        """The noun in the singular, its words joined by `_`."""
        return "_".join(self.words)

    @property
    def head(self) -> str:
        """Its last word."""
        return self.words[-1]

    @property
    def person(self) -> str | None:
        """The person word that it is."""
        known = lexicon()
        for word in (self.key, self.head):
            if known.is_person(word) and (self.key not in known.concepts or word == self.key):
                return word
        return None

    @property
    def concept(self) -> Concept | None:
        """What the lexicon knows of the noun; the name keeps a word that narrows it."""
        known = lexicon().concepts
        for start in range(len(self.words)):
            found = known.get("_".join(self.words[start:]))
            if found is not None:
                return found if start == 0 else self._narrowed(found, start)
        return None

    def _narrowed(self, found: Concept, start: int) -> Concept:
        lost = lexicon()
        kept = [
            word
            for word in self.words[:start]
            if word not in lost.products and not lost.is_person(word)
        ]
        whole = "_".join([*kept, *self.words[start:]])
        return Concept(found.key, whole, found.facts) if kept else found

    @property
    def field(self) -> FieldWord | None:
        """What the lexicon knows of it as a field."""
        known = lexicon().fields
        if self.key in known:
            return known[self.key]
        if len(self.words) > 1 and self.head in known:
            facts = known[self.head].facts
            name = self.key
            if known[self.head].name == "on_date":
                name = "_".join(self.words[:-1]) + "_on"
            return FieldWord(name, facts)
        return None

    @property
    def is_known(self) -> bool:
        """Whether the lexicon has any of its meanings."""
        return bool(self.concept or self.field or self.person)


def noun_phrase(tokens: Sequence[Token], start: int) -> NounPhrase | None:
    """The noun phrase at an index of a clause, or None."""
    index, used = start, []
    adjectives: set[str] = set()
    possessed = determined = False
    while index < len(tokens) and tokens[index].is_word:
        word = tokens[index].lower
        if not _is_before_noun(tokens, index):
            break
        possessed = possessed or word in _POSSESSIVES
        determined = determined or word in DETERMINERS
        adjectives.add(word)
        if word not in lexicon().words["asked"]:
            used.append(tokens[index].index)
        index += 1
    words, end = _content(tokens, index)
    if not words:
        return None
    last = tokens[end - 1].lower.rstrip("'")
    used += [token.index for token in tokens[index:end]]
    return NounPhrase(
        (*words[:-1], singular(words[-1])),
        is_plural(last),
        frozenset(adjectives),
        possessed,
        (tokens[start].start, tokens[end - 1].end),
        end,
        tuple(used),
        determined,
    )


def _is_before_noun(tokens: Sequence[Token], index: int) -> bool:
    word = tokens[index].lower
    if word in DETERMINERS:
        return True
    words = lexicon().words
    if word not in words["adjectives"] and word not in words["fillers"]:
        return False
    return index + 1 < len(tokens) and tokens[index + 1].is_word and not _ends(tokens[index + 1])


def _ends(token: Token) -> bool:
    return token.lower in lexicon().words["function"]


def _content(tokens: Sequence[Token], start: int) -> tuple[tuple[str, ...], int]:
    """The words of the noun: the longest that the lexicon knows, or all that stand together."""
    words: list[str] = []
    index = start
    while index < len(tokens) and tokens[index].is_word and not _ends(tokens[index]):
        words.append(tokens[index].lower.rstrip("'").removesuffix("'s"))
        index += 1
        if len(words) == _LONGEST + 1 or _verb_follows(tokens, index, words):
            break
    known = lexicon()
    for length in range(min(len(words), _LONGEST), 1, -1):
        key = "_".join((*words[: length - 1], singular(words[length - 1])))
        if key in known.concepts or key in known.fields:
            return tuple(words[:length]), start + length
    return tuple(words[:_LONGEST]), start + min(len(words), _LONGEST)


def _verb_follows(tokens: Sequence[Token], index: int, words: list[str]) -> bool:
    """Whether the noun ends here: `authors | write posts`, `devices | report`, `poll | closes`."""
    if index >= len(tokens) or not tokens[index].is_word:
        return False
    last, after = words[-1], tokens[index]
    if not is_plural(last):
        return _is_third_person(after) and singular(last) in lexicon().concepts
    if lexicon().is_person(singular(last)):
        return True
    known = after.lower in lexicon().verbs and _only_verb(after)
    return known or after.lower in lexicon().unplaced


def begins_unplaced(tokens: Sequence[Token], index: int) -> bool:
    """Whether a verb stands here of which nothing more is known: `auctions | end`."""
    if not index or not tokens[index - 1].is_word or _ends(tokens[index - 1]):
        return False
    return tokens[index].lower in lexicon().unplaced or _is_third_person(tokens[index])


def _is_third_person(token: Token) -> bool:
    """`the poll closes`: a verb that cannot be a plural noun."""
    return token.lower.endswith("s") and is_verb(token) and _only_verb(token)


def _only_verb(token: Token) -> bool:
    """Whether a verb is not also a noun that the lexicon knows: `customers | reviews`."""
    noun = singular(token.lower)
    return noun not in lexicon().concepts and noun not in lexicon().fields


def is_measure(tokens: Sequence[Token], phrase: NounPhrase) -> bool:
    """Whether a noun measures time: `14 days`, `per year`, `by the hour`."""
    if len(phrase.words) > 1 or phrase.head not in lexicon().words["units"]:
        return False
    first = next((i for i, token in enumerate(tokens) if token.index == phrase.used[0]), 0)
    before = tokens[first - 1] if first else None
    counted = before is not None and (before.is_number or before.lower in _MEASURES)
    return counted or (phrase.concept is None and phrase.field is None)


def is_verb(token: Token) -> bool:
    """Whether a word can be a verb that the lexicon knows."""
    verbs = lexicon().verbs
    return token.is_word and any(form in verbs for form in verb_forms(token.lower))
