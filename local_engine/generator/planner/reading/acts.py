"""Acts: what it means for the Blueprint that somebody does something with something."""

from __future__ import annotations

from dataclasses import dataclass, replace

from local_engine.generator.planner.draft import Draft, Span, Thing
from local_engine.generator.planner.lexicon import Concept, Verb, lexicon
from local_engine.generator.planner.reading.nouns import NounPhrase
from local_engine.generator.planner.tokens import Token

_ACTIVITIES = ("activity",)
_ON_THEM = ("transition", "manage", "edit", "delete")
"""Acts whose object may be said before: `... and managers approve them`."""


@dataclass(frozen=True)
class Act:
    """Somebody (`roles`) does something (`verb`) with `objects`, for or with `targets`."""

    roles: list[str]
    verb: Verb
    token: Token
    objects: list[NounPhrase]
    targets: list[tuple[str, NounPhrase]]
    span: Span


def perform(draft: Draft, used: set[int], act: Act) -> Thing | None:
    """Notes an act; gives the thing it is about."""
    used.add(act.token.index)
    if act.verb.act == "join" and any(word == "for" for word, _ in act.targets):
        return _engage(draft, used, replace(act, verb=Verb("register", "engage", "registration")))
    if act.verb.act == "join":
        draft.sign_up = draft.sign_up or "open"
        draft.decide("accounts.sign_up", "open", (act.token.start, act.token.end))
    if act.verb.act == "ledger":
        draft.flags.setdefault("ledger", []).append(act.verb.infinitive)
        for phrase in act.objects:
            used.update(phrase.used)
        return draft.known("account", act.span)
    if act.verb.act == "receive":
        return _receive(draft, used, act)
    if act.verb.act == "engage" and not _object_is_activity(act):
        return _engage(draft, used, act)
    return _act_on(draft, used, act)


def _object_is_activity(act: Act) -> bool:
    concept = act.objects[0].concept if act.objects else None
    return concept is not None and concept.facts.get("kind") in _ACTIVITIES


def _act_on(draft: Draft, used: set[int], act: Act) -> Thing | None:
    """write posts; manage all appointments; book appointments for their pets with a vet."""
    last: Thing | None = None
    if not act.objects and act.verb.act in _ON_THEM:
        last = draft.near(act.span[0])
        if last is not None:
            _note(draft, last, act.verb.act, act)
    for phrase in act.objects:
        thing = _thing(draft, used, phrase)
        if thing is None:
            continue
        last = thing
        kind = "create" if act.verb.act == "engage" else act.verb.act
        _note(draft, thing, kind, act)
        if phrase.possessed:
            thing.flags.setdefault("possessed_by", act.roles)
    if last is not None:
        _targets(draft, used, last, act)
    return last


def _note(draft: Draft, thing: Thing, kind: str, act: Act) -> None:
    roles = thing.people.setdefault(kind, [])
    for role in act.roles:
        if role not in roles:
            roles.append(role)
            draft.decide(
                f"entities.{thing.name}.access",
                f"{role} may {act.verb.infinitive}",
                _whole(act),
            )


def _whole(act: Act) -> Span:
    phrases = [*act.objects, *(phrase for _, phrase in act.targets)]
    return act.span[0], max([act.span[1], *(phrase.span[1] for phrase in phrases)])


def _engage(draft: Draft, used: set[int], act: Act) -> Thing | None:
    """reserve a room; comment; enroll in a course; review products."""
    activity = draft.known(act.verb.noun, _whole(act))
    if activity is None:
        return None
    _note(draft, activity, "create", act)
    for phrase in act.objects:
        target = _thing(draft, used, phrase)
        if target is not None and target is not activity:
            activity.targets.append(target.key)
            if phrase.possessed:
                target.flags.setdefault("possessed_by", act.roles)
    _targets(draft, used, activity, act)
    return activity


def _targets(draft: Draft, used: set[int], activity: Thing, act: Act) -> None:
    for preposition, phrase in act.targets:
        if preposition == "by" or phrase.key in lexicon().persons["plain"]:
            continue
        if phrase.field is not None and phrase.concept is None:
            continue
        target = _thing(draft, used, phrase)
        if target is None or target is activity:
            continue
        if phrase.possessed:
            target.flags.setdefault("possessed_by", act.roles)
        if target.key not in activity.targets:
            activity.targets.append(target.key)


def _receive(draft: Draft, used: set[int], act: Act) -> Thing | None:
    """students receive a grade: a field of what they engaged in, given by the other side."""
    found = [thing for thing in draft.things.values() if set(act.roles) & set(thing.who("create"))]
    if not found:
        return None
    activity = found[-1]
    for phrase in act.objects:
        if phrase.field is None:
            continue
        used.update(phrase.used)
        activity.fields[phrase.field.name] = {**phrase.field.facts, "optional": True}
        activity.flags.setdefault("received", []).append(phrase.field.name)
        draft.decide(
            f"entities.{activity.name}.fields.{phrase.field.name}",
            f"{phrase.field.facts['type']}, given by the other side",
            phrase.span,
        )
    return activity


def _thing(draft: Draft, used: set[int], phrase: NounPhrase) -> Thing | None:
    known = lexicon()
    if phrase.person and phrase.key not in known.concepts:
        if phrase.person in known.persons["plain"]:
            used.update(phrase.used)
            return None
        if phrase.person in draft.roles or phrase.person not in known.persons["professionals"]:
            return None
        used.update(phrase.used)
        thing = draft.thing(phrase.person, _professional(phrase.person), phrase.span)
        if thing is not None:
            thing.kind = "catalogue"
        return thing
    used.update(phrase.used)
    return draft.find(phrase.key) or draft.thing(phrase.key, phrase.concept, phrase.span)


def _professional(person: str) -> Concept:
    """A person that others book: kept like a catalogue."""
    facts = {
        "kind": "catalogue",
        "fields": [
            "name string max=120 search",
            "speciality string max=120 optional",
        ],
    }
    return Concept("professional", person, facts)
