"""Clauses: who does what with which things, lists of things, and the attributes of things."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.planner.draft import Draft, Span, Thing
from local_engine.generator.planner.lexicon import Verb, lexicon
from local_engine.generator.planner.reading.acts import Act, perform
from local_engine.generator.planner.reading.attributes import Attributes
from local_engine.generator.planner.reading.nouns import (
    DETERMINERS,
    NounPhrase,
    is_verb,
    noun_phrase,
)
from local_engine.generator.planner.tokens import Token, singular, verb_forms

_BETWEEN = frozenset(
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
_SEPARATORS = frozenset({",", "and", "or", "&", "/", "plus", "-", "*", "•", "then"})
_PREPOSITIONS = frozenset(
    ["for", "with", "at", "in", "on", "to", "from", "about", "of", "into", "by"]
)
_MOST_SUBJECTS = 4
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
            subject = self._subject(tokens, position)
            if subject is None:
                position += 1
                continue
            self._list(tokens[begin:position])
            roles, after = subject
            end = self._segment_end(tokens, after)
            self._predicate(roles, tokens[after:end])
            position = begin = end
        self._list(tokens[begin:])

    def _segment_end(self, tokens: Sequence[Token], start: int) -> int:
        for index in range(start + 1, len(tokens)):
            if self._subject(tokens, index, look=True) is not None:
                return index
        return len(tokens)

    def _subject(
        self, tokens: Sequence[Token], start: int, *, look: bool = False
    ) -> tuple[list[str], int] | None:
        """The roles of the subject at an index, and where its verb stands."""
        if start and tokens[start - 1].lower not in _SEPARATORS | {"where", "that", "which", ":"}:
            if not (tokens[start].lower == "to" or tokens[start - 1].lower in ("for", "(")):
                return None
        implied = self._implied_subject(tokens, start)
        if implied is not None:
            return ["authenticated"], implied
        persons: list[NounPhrase] = []
        index = start
        while True:
            phrase = noun_phrase(tokens, index)
            if phrase is None:
                pronoun = tokens[index].lower if index < len(tokens) else ""
                if pronoun not in ("they", "i", "we", "everyone", "everybody", "anyone"):
                    return None
                index += 1
                break
            if not self._can_act(phrase, tokens):
                return None
            persons.append(phrase)
            index = phrase.end
            more = len(persons) < _MOST_SUBJECTS
            if more and index < len(tokens) and tokens[index].lower in ("and", "or", ","):
                following = noun_phrase(tokens, index + 1)
                if following is not None and self._can_act(following, tokens):
                    index += 1
                    continue
            break
        verb = _verb_position(tokens, index)
        if verb is None:
            return None
        modal = verb > index
        if persons and not (modal or persons[-1].plural or persons[-1].determined):
            return None
        if look:
            return [], verb
        return self._roles(persons, tokens, start, index), verb

    def _implied_subject(self, tokens: Sequence[Token], start: int) -> int | None:
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

    def _can_act(self, phrase: NounPhrase, tokens: Sequence[Token]) -> bool:
        if phrase.person:
            return True
        index = phrase.end
        if index >= len(tokens) or phrase.concept or phrase.field:
            return False
        modal = tokens[index].lower in ("can", "may", "should", "must")
        agent = phrase.head.endswith(("er", "or", "ist", "ant", "eer"))
        return agent and phrase.plural and (modal or is_verb(tokens[index]))

    def _roles(
        self, persons: list[NounPhrase], tokens: Sequence[Token], start: int, end: int
    ) -> list[str]:
        self.used.update(token.index for token in tokens[start:end])
        if not persons:
            return list(self.draft.flags.get("last_roles", ["authenticated"]))
        roles = []
        for phrase in persons:
            self.used.update(phrase.used)
            about = self.draft.flags.get("owned", "") or self.draft.product_key
            roles.append(self.draft.role(phrase.person or phrase.key, phrase.span, about))
        self.draft.flags["last_roles"] = roles
        return roles

    def _predicate(self, roles: list[str], tokens: Sequence[Token]) -> None:
        """Verbs with their objects, all of one subject."""
        index = 0
        while index < len(tokens):
            verbs: list[tuple[Verb, Token]] = []
            while index < len(tokens):
                if is_verb(tokens[index]) and not self._is_object(tokens, index, bool(verbs)):
                    if verbs and _verb(tokens[index]).act == "receive":
                        break
                    verbs.append((_verb(tokens[index]), tokens[index]))
                elif (
                    tokens[index].lower not in _SEPARATORS | _BETWEEN
                    or not verbs
                    or not self._verb_comes(tokens, index + 1)
                ):
                    break
                self.used.add(tokens[index].index)
                index += 1
            if not verbs:
                self._list(tokens[index:])
                return
            index = self._objects(roles, verbs, tokens, index)

    def _verb_comes(self, tokens: Sequence[Token], index: int) -> bool:
        return index < len(tokens) and (
            is_verb(tokens[index]) or tokens[index].lower in _SEPARATORS | _BETWEEN
        )

    def _is_object(self, tokens: Sequence[Token], index: int, after_verb: bool) -> bool:
        """Whether a word that could be a verb is a noun here: `write reviews`, `make orders`."""
        word = tokens[index].lower
        if not after_verb:
            return False
        noun = singular(word) in lexicon().concepts or singular(word) in lexicon().fields
        direct = index > 0 and is_verb(tokens[index - 1])
        return noun and (singular(word) != word or direct)

    def _objects(
        self,
        roles: list[str],
        verbs: list[tuple[Verb, Token]],
        tokens: Sequence[Token],
        index: int,
    ) -> int:
        objects: list[NounPhrase] = []
        targets: list[tuple[str, NounPhrase]] = []
        spans: Span = (verbs[0][1].start, verbs[-1][1].end)
        attributes: list[tuple[NounPhrase, int]] = []
        while index < len(tokens):
            word = tokens[index].lower
            if is_verb(tokens[index]) and _verb(tokens[index]).act == "receive":
                break
            if word in _SEPARATORS:
                if is_verb(tokens[index + 1]) if index + 1 < len(tokens) else False:
                    if not self._is_object(tokens, index + 1, after_verb=True):
                        index += 1
                        break
                index += 1
                continue
            if word == "(" or (
                word in ("with", "having") and self._describes(verbs, tokens, index)
            ):
                if objects:
                    thing = self._thing(objects[-1])
                    index = self._attributes.read(thing, tokens, index)
                    continue
            if word in _PREPOSITIONS:
                phrase = noun_phrase(tokens, index + 1)
                if phrase is None:
                    index += 1
                    continue
                targets.append((word, phrase))
                self.used.add(tokens[index].index)
                index = phrase.end
                continue
            phrase = noun_phrase(tokens, index)
            if phrase is None:
                index += 1
                continue
            if phrase.head in lexicon().words["generic"] and not phrase.concept:
                self.used.update(phrase.used)
                index = phrase.end
                continue
            objects.append(phrase)
            index = phrase.end
        del attributes
        for verb, token in verbs:
            act = Act(roles, verb, token, objects, targets, spans)
            self.context = perform(self.draft, self.used, act) or self.context
        return index

    def _describes(
        self, verbs: list[tuple[Verb, Token]], tokens: Sequence[Token], index: int
    ) -> bool:
        """Whether `with` begins attributes of the object rather than the one it is done with."""
        phrase = noun_phrase(tokens, index + 1)
        return phrase is None or not phrase.person or verbs[-1][0].act not in ("engage", "create")

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
            if word in ("with", "having", "(") or word in _HAVING:
                if self.context is not None:
                    index = self._attributes.read(self.context, tokens, index)
                    continue
            if word in ("for", "of", "in", "by", "to") and index + 1 < len(tokens):
                index += 1
                continue
            phrase = noun_phrase(tokens, index)
            if phrase is None:
                index += 1
                continue
            self._list_item(phrase, tokens)
            index = phrase.end

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
            follows = tokens[phrase.end].lower if phrase.end < len(tokens) else ""
            if not (phrase.plural or follows in ("with", "(", "having") or follows in _HAVING):
                return
            if all(lexical.is_empty(word) for word in phrase.words):
                return
            if phrase.head in lexical.words["generic"]:
                return
        known = phrase.key in lexical.concepts
        if phrase.person and not known and phrase.person in self.draft.roles:
            self.used.update(phrase.used)
            return
        self._thing(phrase)


def _verb(token: Token) -> Verb:
    verbs = lexicon().verbs
    return next(verbs[form] for form in verb_forms(token.lower) if form in verbs)


def _verb_position(tokens: Sequence[Token], index: int) -> int | None:
    """Where the verb after a subject stands, modals and adverbs skipped."""
    limit = index + 6
    while index < len(tokens) and index < limit:
        if is_verb(tokens[index]):
            return index
        if tokens[index].lower not in _BETWEEN:
            return None
        index += 1
    return None
