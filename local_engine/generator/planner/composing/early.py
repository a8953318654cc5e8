"""Phrases that shape things: kinds, currencies, votes, people a thing is assigned to, roles."""

from __future__ import annotations

import re
from collections.abc import Callable

from local_engine.generator.planner.draft import Draft
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import field_name, role_name, state_name
from local_engine.generator.planner.reading.phrases import Phrase
from local_engine.generator.planner.tokens import singular

_CURRENCIES = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD"}


def listed(text: str) -> list[str]:
    """The words of `a, b and c`."""
    parts = re.split(r",|\band\b|\bor\b|/", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _kinds(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.near(phrase.span[0])
    if thing is None:
        return False
    word = phrase.parts.get("name") or phrase.parts.get("name2") or "kind"
    name = field_name(singular(word))
    values = [state_name(word) for word in listed(phrase.parts["list"])]
    thing.fields[name] = {"type": "enum", "values": values, "filter": True}
    thing.flags.setdefault("said", []).append(name)
    draft.decide(f"entities.{thing.name}.fields.{name}", "enum", phrase.span)
    return True


def _format(draft: Draft, phrase: Phrase) -> bool:
    near = draft.near(phrase.span[0])
    for thing in [*([near] if near else []), *draft.things.values()]:
        if any(text.startswith("body ") for text in thing.facts.get("fields", ())):
            thing.flags["body_format"] = phrase.parts["format"].capitalize()
            draft.decide(f"entities.{thing.name}.fields.body", phrase.parts["format"], phrase.span)
            return True
    return False


def _currencies(draft: Draft, phrase: Phrase) -> bool:
    words = listed(phrase.parts["list"])
    draft.flags["currencies"] = [_CURRENCIES.get(word, word.upper()) for word in words]
    return True


def _vote(draft: Draft, phrase: Phrase) -> bool:
    vote = draft.known("vote", phrase.span)
    if vote is None:
        return False
    vote.fields = {"value": {"type": "integer", "in": [-1, 1]}}
    vote.flags |= {"said": ["value"], "up_down": True}
    words = [word for key in ("a", "b") if (word := phrase.parts.get(key))]
    targets = [t for word in words if (t := draft.lookup(word))]
    near = next(
        (t for n in ("post", "topic", "idea", "question", "answer") if (t := draft.find(n))), None
    )
    target = targets[0] if targets else near
    if target is None or target is vote:
        return False
    vote.targets.append(target.key)
    draft.decide(f"entities.{vote.name}.rules", f"one vote per user and {target.key}", phrase.span)
    return True


def _one_per(draft: Draft, phrase: Phrase) -> bool:
    words = [phrase.parts["what"], phrase.parts["a"], phrase.parts.get("b", "")]
    activity = draft.lookup(words[0])
    if activity is None:
        concept = lexicon().concepts.get(singular(words[0]))
        if concept is None or concept.facts.get("kind") != "activity":
            return False
        activity = draft.thing(words[0], concept, phrase.span)
    if activity is None:
        return False
    for word in words[1:]:
        target = draft.lookup(word) if word else None
        if target is not None and target is not activity and target.key not in activity.targets:
            activity.targets.append(target.key)
    activity.flags["once"] = True
    draft.decide(f"entities.{activity.name}.rules", "unique", phrase.span)
    return True


def _assigned(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.near(phrase.span[0])
    if thing is None:
        return False
    person = singular(phrase.parts["who"])
    if not lexicon().is_person(person):
        return False
    draft.role(person, phrase.span)
    thing.relations["assignee"] = {"to": "User"}
    draft.decide(f"entities.{thing.name}.relations.assignee", "to User", phrase.span)
    return True


def _roles(draft: Draft, phrase: Phrase) -> bool:
    words = [singular(word) for word in listed(phrase.parts["list"])]
    if draft.tenant:
        draft.tenant_roles = words
        draft.decide("tenancy.role", ", ".join(words), phrase.span)
        return True
    for word in words:
        draft.roles.setdefault(word, role_name(word, draft.product_key))
        draft.decide("accounts.roles", word, phrase.span)
    draft.roles.pop("admin", None)
    return True


def _nested(draft: Draft, phrase: Phrase) -> bool:
    comment = draft.known("comment", phrase.span)
    if comment is None:
        return False
    comment.flags["nested"] = True
    draft.decide(f"entities.{comment.name}.relations.parent", "nested", phrase.span)
    return True


def _tenancy(draft: Draft, phrase: Phrase) -> bool:
    draft.decide("tenancy", f"tenant {draft.tenant}", phrase.span)
    return True


def _invite(draft: Draft, phrase: Phrase) -> bool:
    draft.sign_up = "invite"
    draft.decide("accounts.sign_up", "invite", phrase.span)
    return True


def _mention(draft: Draft, phrase: Phrase) -> bool:
    """A thing that only a rule of visibility speaks of; what the rule says is read later."""
    words = phrase.parts.get("what", "").split()
    known = lexicon().concepts
    for word in map(singular, reversed(words)):
        if draft.find(word) is None and word in known and "kind" in known[word].facts:
            if not known[word].facts.get("abstract"):
                draft.thing(word, known[word], phrase.span)
            return False
    return False


def _movements(draft: Draft, phrase: Phrase) -> bool:
    return draft.known("stock_movement", phrase.span) is not None


def _period(draft: Draft, phrase: Phrase) -> bool:
    kind = "datetime" if phrase.parts["unit"] == "time" else "date"
    draft.flags["interval"] = kind
    draft.flags["interval_span"] = phrase.span
    return True


EARLY: dict[str, Callable[[Draft, Phrase], bool]] = {
    "tenancy": _tenancy,
    "kinds": _kinds,
    "format": _format,
    "currencies": _currencies,
    "vote": _vote,
    "one_per": _one_per,
    "assigned": _assigned,
    "roles": _roles,
    "nested": _nested,
    "invite": _invite,
    "private": _mention,
    "restricted": _mention,
    "movements": _movements,
    "period": _period,
}
