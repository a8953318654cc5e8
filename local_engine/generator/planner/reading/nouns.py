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
    """Whether the noun ends here because a verb follows a person: `authors | write posts`."""
    if index >= len(tokens) or not lexicon().is_person(singular(words[-1])):
        return False
    return is_plural(words[-1]) and is_verb(tokens[index])


def is_verb(token: Token) -> bool:
    """Whether a word can be a verb that the lexicon knows."""
    verbs = lexicon().verbs
    return token.is_word and any(form in verbs for form in verb_forms(token.lower))
