"""Attributes of a thing: `with a title, tags and a due date`, `(name, price, stock)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.lexicon import lexicon, named_field
from local_engine.generator.planner.naming import field_name
from local_engine.generator.planner.reading.nouns import NounPhrase, is_measure, noun_phrase
from local_engine.generator.planner.tokens import Token

_SEPARATORS = frozenset({",", "and", "or", "&", "/", "plus"})
_ASSIGNEES = frozenset({"assignee", "owner", "responsible", "reporter", "approver", "reviewer"})
_MANY_TO_MANY = frozenset({"tag"})
MAX_FIELDS = 60
_PAIRS = frozenset(
    [
        ("start", "end"),
        ("first", "last"),
        ("minimum", "maximum"),
        ("min", "max"),
        ("home", "away"),
        ("billing", "shipping"),
        ("opening", "closing"),
    ]
)


def _usual_fields(thing: Thing) -> dict[str, tuple[str, dict[str, Any]]]:
    """The fields that such a thing usually has, by name: a goal of a campaign is no entity."""
    return {name: (name, facts) for name, facts in map(named_field, thing.facts.get("fields", ()))}


def _first_of_pair(tokens: Sequence[Token], index: int) -> NounPhrase | None:
    """`start` of `start and end date`, as `start date`."""
    words = [token.lower for token in tokens[index : index + 4]]
    if len(words) < 4 or words[1] not in ("and", "&", "/") or (words[0], words[2]) not in _PAIRS:
        return None
    second = noun_phrase(tokens, index + 2)
    if second is None or len(second.words) < 2:
        return None
    span = (tokens[index].start, tokens[index].end)
    both = (words[0], *second.words[1:])
    return replace(second, words=both, span=span, end=index + 1, used=(tokens[index].index,))


class Attributes:
    """Reads attributes and adds them to things."""

    def __init__(self, draft: Draft, used: set[int]) -> None:
        self._draft = draft
        self._used = used

    def read(self, thing: Thing | None, tokens: Sequence[Token], start: int) -> int:
        """Reads the attributes from `with` or `(` on; gives the index after them."""
        index = start + 1
        inside = tokens[start].lower == "("
        previous: Thing | None = None
        count = 0
        while index < len(tokens):
            word = tokens[index].lower
            if word == ")":
                return index + 1
            if word in ("with", "(", "having") and previous is not None:
                index = self.read(previous, tokens, index)
                continue
            if not tokens[index].is_word or word in _SEPARATORS:
                index += 1
                continue
            phrase = _first_of_pair(tokens, index) or noun_phrase(tokens, index)
            if phrase is not None and is_measure(tokens, phrase):
                index = phrase.end
                continue
            if phrase is None:
                if word in ("for", "where", "that", "which", "who", "to", "by") and not inside:
                    return index
                index += 1
                continue
            if thing is None or (count and not inside and self._is_other(thing, phrase)):
                return index
            previous = self.add(thing, phrase, inside=inside) or previous
            count += 1
            index = phrase.end
        return index

    def _is_other(self, thing: Thing, phrase: NounPhrase) -> bool:
        """Whether a noun in the list begins the next thing instead."""
        concept = phrase.concept
        if concept is None:
            return phrase.plural and phrase.field is None and phrase.person is None
        if not phrase.plural and phrase.field is not None:
            return False
        facts = concept.facts
        own = thing.flags.get("concept") or thing.key
        belongs = [word.rstrip("?!") for word in facts.get("belongs", ())]
        if facts.get("kind") == "tag" or own in facts.get("part_of", ()) or own in belongs:
            return False
        return phrase.plural or phrase.field is None

    def add(self, thing: Thing, phrase: NounPhrase, *, inside: bool = False) -> Thing | None:
        """Adds one attribute: a field, a link, a part, a person, or a related thing."""
        self._used.update(phrase.used)
        if phrase.head in _ASSIGNEES:
            name = field_name(phrase.key)
            optional = phrase.head == "assignee"
            thing.relations.setdefault(
                name, {"to": "User", **({"optional": True} if optional else {})}
            )
            self._draft.decide(
                f"entities.{thing.name}.relations.{name}", "refers to a user", phrase.span
            )
            return None
        if phrase.person and phrase.plural and phrase.key not in lexicon().concepts:
            thing.flags.setdefault("members", []).append(phrase.person)
            self._draft.decide(f"entities.{thing.name}.members", phrase.person, phrase.span)
            return None
        concept = phrase.concept
        other = concept is not None or phrase.field is None
        if other and not phrase.plural and phrase.key in _usual_fields(thing):
            name, facts = _usual_fields(thing)[phrase.key]
            thing.fields[name] = facts
            thing.flags.setdefault("said", []).append(name)
            self._draft.decide(f"entities.{thing.name}.fields.{name}", facts["type"], phrase.span)
            return None
        if phrase.key == "line" and f"{thing.key}_line" in lexicon().concepts:
            return self._draft.known(f"{thing.key}_line", phrase.span)
        if concept and (phrase.plural or phrase.field is None) and not (inside and phrase.field):
            return self._related(thing, phrase)
        if phrase.field is None and phrase.plural and not inside:
            return self._related(thing, phrase)
        self._field(thing, phrase)
        return None

    def _related(self, thing: Thing, phrase: NounPhrase) -> Thing | None:
        made = self._draft.thing(phrase.key, phrase.concept, phrase.span)
        if made is None or made is thing:
            return made
        if made.kind == "tag":
            thing.flags.setdefault("links", {})[made.key] = phrase.span
        else:
            made.flags.setdefault("parents", {})[thing.key] = phrase.span
        return made

    def _field(self, thing: Thing, phrase: NounPhrase) -> None:
        known = phrase.field
        name = field_name(known.name if known else phrase.key)
        facts = dict(known.facts) if known else {"type": "string", "max": 255}
        if known and name == known.name and name.endswith("_on_on"):
            name = name[:-3]
        if "optional" in phrase.adjectives:
            facts["optional"] = True
        if "unique" in phrase.adjectives:
            facts["unique"] = True
            thing.flags["unique_name"] = name if name == "name" else thing.flags.get("unique_name")
        frequency = phrase.adjectives & {"nightly", "daily", "hourly", "monthly", "weekly"}
        if frequency and facts["type"] == "money":
            name = f"{min(frequency)}_{name}"
        if len(thing.fields) >= MAX_FIELDS:
            self._draft.dropped += 1
            return
        thing.fields[name] = facts
        thing.flags.setdefault("said", []).append(name)
        self._draft.decide(f"entities.{thing.name}.fields.{name}", str(facts["type"]), phrase.span)
        if known is None:
            self._draft.ask(
                f"What kind of value is “{name}” of {thing.name}? It is a text for now.",
                f"entities.{thing.name}.fields.{name}",
                ("text", "number", "date", "yes or no"),
            )
