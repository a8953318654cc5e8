"""Clauses: who does what with which things, lists of things, and the attributes of things."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.reading.acts import Act, perform
from local_engine.generator.planner.reading.attributes import Attributes
from local_engine.generator.planner.reading.nouns import (
    NounPhrase,
    begins_unplaced,
    is_measure,
    is_verb,
    noun_phrase,
)
from local_engine.generator.planner.reading.predicates import read_predicate
from local_engine.generator.planner.reading.subjects import Subject, subject_at
from local_engine.generator.planner.tokens import Token

_HAVING = frozenset(
    [
        "have",
        "has",
        "contain",
        "contains",
        "include",
        "includes",
        "consist",
        "consists",
        "comprise",
        "comprises",
        "hold",
    ]
)


_PERSON_FIELDS = (
    "name string max=160 search sort",
    "email email optional",
    "phone string max=40 optional",
)


class ClauseReader:
    """Reads clauses one after the other; `context` is the thing mentioned last."""

    def __init__(self, draft: Draft, used: set[int]) -> None:
        self.draft = draft
        self.used = used
        self.context: Thing | None = None
        self._attributes = Attributes(draft, used)

    def read(self, tokens: Sequence[Token]) -> None:
        """Reads one clause."""
        position = begin = 0
        while position < len(tokens):
            subject = subject_at(tokens, position)
            if subject is None:
                position += 1
                continue
            self._list(tokens[begin:position])
            end = _segment_end(tokens, subject.verb)
            self._predicates(self._roles(subject, tokens), tokens[subject.verb : end])
            position = begin = end
        self._list(tokens[begin:])

    def _roles(self, subject: Subject, tokens: Sequence[Token]) -> list[str]:
        if subject.implied:
            return ["authenticated"]
        self.used.update(token.index for token in tokens[subject.start : subject.end])
        if not subject.persons:
            return list(self.draft.flags.get("last_roles", ["authenticated"]))
        roles = []
        for phrase in subject.persons:
            self.used.update(phrase.used)
            person = phrase.person or phrase.key
            roles.append(self.draft.role(person, phrase.span, self.draft.product_key))
        self.draft.flags["last_roles"] = roles
        return roles

    def _predicates(self, roles: list[str], tokens: Sequence[Token]) -> None:
        """Verbs with their objects, all of one subject."""
        index = 0
        while index < len(tokens):
            found = read_predicate(tokens, index, self.used, self._describe)
            if found is None:
                self._list(tokens[index:])
                return
            span = (found.verbs[0][1].start, found.verbs[-1][1].end)
            for verb, token in found.verbs:
                act = Act(roles, verb, token, found.objects, found.targets, span)
                self.context = perform(self.draft, self.used, act) or self.context
            index = found.end

    def _describe(self, phrase: NounPhrase, tokens: Sequence[Token], index: int) -> int:
        return self._attributes.read(self._thing(phrase), tokens, index)

    def _thing(self, phrase: NounPhrase) -> Thing | None:
        self.used.update(phrase.used)
        thing = self.draft.thing(phrase.key, phrase.concept, phrase.span)
        self.context = thing or self.context
        return thing

    def _list(self, tokens: Sequence[Token]) -> None:
        """A list of things, each perhaps with attributes; or attributes of the last thing."""
        index = 0
        while index < len(tokens):
            word = tokens[index].lower
            has = word in ("with", "having", "(") or word in _HAVING
            if has and self.context is not None:
                index = self._attributes.read(self.context, tokens, index)
                continue
            if word in ("for", "of", "in", "by", "to") and index + 1 < len(tokens):
                index += 1
                continue
            phrase = noun_phrase(tokens, index)
            if phrase is None or is_measure(tokens, phrase) or begins_unplaced(tokens, index):
                index += 1 if phrase is None else max(1, phrase.end - index)
                continue
            index = phrase.end
            if self._acts_somehow(phrase, tokens):
                index += 1  # the verb is asked about; what it is done with is read on
            else:
                self._list_item(phrase, tokens)

    def _acts_somehow(self, phrase: NounPhrase, tokens: Sequence[Token]) -> bool:
        """Whether people do what no verb of the lexicon says: `cooks mark dishes`."""
        if not phrase.person or not phrase.plural or phrase.end >= len(tokens):
            return False
        verb = tokens[phrase.end]
        if not verb.is_word or lexicon().is_empty(verb.lower) or is_verb(verb):
            return False
        self.used.update(phrase.used)
        self.draft.role(phrase.person, phrase.span, self.draft.product_key)
        return True

    def _list_item(self, phrase: NounPhrase, tokens: Sequence[Token]) -> None:
        lexical = lexicon()
        if phrase.person and phrase.person in lexical.persons["plain"] | lexical.persons["admins"]:
            self.used.update(phrase.used)
            return
        is_attribute = phrase.field is not None and (
            phrase.concept is None or (not phrase.plural and self.context is not None)
        )
        if is_attribute and self.context is not None:
            self._attributes.add(self.context, phrase)
            return
        if phrase.concept is None and phrase.person is None:
            self._new(phrase, tokens)
            return
        known = phrase.key in lexical.concepts
        if phrase.person and not known and phrase.person in self.draft.roles:
            self.used.update(phrase.used)
            return
        thing = self._thing(phrase)
        if thing is not None and thing.kind == "unknown" and phrase.person:
            thing.kind, thing.facts = "record", {"kind": "record", "fields": _PERSON_FIELDS}

    def _new(self, phrase: NounPhrase, tokens: Sequence[Token]) -> None:
        """A noun that the lexicon does not know: a thing if it is many, or has attributes."""
        known = lexicon()
        follows = tokens[phrase.end].lower if phrase.end < len(tokens) else ""
        has = follows in ("with", "(", "having") or follows in _HAVING
        empty = all(known.is_empty(word) for word in phrase.words)
        if (phrase.plural or has) and not empty and phrase.head not in known.words["generic"]:
            self._thing(phrase)


def _segment_end(tokens: Sequence[Token], start: int) -> int:
    """Where the next subject begins."""
    for index in range(start + 1, len(tokens)):
        if subject_at(tokens, index) is not None:
            return index
    return len(tokens)
