"""`only admins may delete posts`, `allow moderators to delete comments`, `make posts public`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import role_name
from local_engine.generator.planner.refining.known import Known, bare, noun_of
from local_engine.generator.planner.refining.patterns import Intent, intent, listed
from local_engine.generator.planner.refining.results import Step, Unclear
from local_engine.generator.planner.tokens import verb_forms

_ACTIONS = {
    "read": ("list", "read"),
    "create": ("create",),
    "edit": ("update",),
    "delete": ("delete",),
    "manage": ("list", "read", "create", "update", "delete"),
}
_CREATING = frozenset(
    ["create", "add", "write", "make", "submit", "publish", "upload", "open", "place", "enter"]
)
_OVERRIDES = {
    "post": "create",
    "remove": "delete",
    "list": "read",
    "see": "read",
    "write": "create",
}
_WIDE = ("public", "authenticated")


@intent(r"only (?P<who><X>) <MAY> (?:also )?(?P<what>.+)")
def only(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """These and nobody else."""
    actions, entity = _acts(known, parts["what"])
    actors = yield from actors_of(known, entity, parts["who"])
    for action in actions:
        yield _set(entity, action, actors, f"only {parts['who']} may {action}")
    yield from _seeing(known, entity, actions, actors)


@intent(
    r"(?:allow|let|permit|enable) (?P<who><X>) (?:to )?(?P<what>(?:see|view|read|list|create|add"
    r"|write|post|edit|change|update|modify|delete|remove|manage|moderate|browse|access)\b.+)"
)
def allow(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """These too."""
    yield from _also(known, parts)


@intent(r"(?P<who><X>) <NOT> (?P<what>.+)")
def forbid(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """These no longer."""
    actions, entity = _acts(known, parts["what"])
    for word in listed(parts["who"]):
        actor = known.actor(entity, word)
        if actor is None:
            raise Unclear(f"Nobody here is called “{bare(word)}”.", tuple(known.roles), word)
        for action in actions:
            present = _present(known, entity, action)
            if actor not in present:
                text = f"{bare(word).capitalize()} may not {action} {entity} rows as it is."
                raise Unclear(f"{text} What should change?", (), word)
            left = [one for one in present if one != actor] or ["nobody"]
            yield _set(entity, action, left, f"{word} may not {action} any more")


@intent(r"(?:nobody|no one|no-one) <MAY> (?P<what>.+)")
def nobody(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Nobody at all."""
    actions, entity = _acts(known, parts["what"])
    for action in actions:
        yield _set(entity, action, ["nobody"], f"nobody may {action}")


@intent(r"(?:make )?(?P<what><X>)(?: <MUST>)? (?P<how>public|private)")
def publish(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Seen by everybody, or by its owner only. A field that is private is another thing."""
    entity = known.find_entity(parts["what"])
    if entity is None:
        member = known.member(parts["what"])
        if parts["how"] == "public" or member.group == "relations":
            raise Unclear(f"Who should see {member.name} of {member.entity}?", (), parts["what"])
        at = {"entity": member.entity, "field": member.name}
        present = known.entities[member.entity][member.group][member.name]
        shown = [key for key in ("search", "filter", "sort") if key in present]
        changes = {"private": True, **dict.fromkeys(shown)}
        yield Step({"edit": "change_field", **at, "set": changes}, "never part of an answer")
        return
    actors = ["public"] if parts["how"] == "public" else ["owner"]
    if actors == ["owner"] and known.entities[entity].get("owner") is None:
        raise Unclear(f"{entity} belongs to nobody. Who should see it?", tuple(known.roles), entity)
    for action in ("list", "read"):
        yield _set(entity, action, actors, f"{parts['how']} rows are read by {actors[0]}")


@intent(r"(?P<who><X>) <MAY> (?:also )?(?P<what>.+)")
def may(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """These too."""
    yield from _also(known, parts)


def _also(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    actions, entity = _acts(known, parts["what"])
    yield from also(known, parts["who"], actions, entity)


def also(known: Known, who: str, actions: Sequence[str], entity: str) -> Iterator[Step]:
    """People may perform actions besides those who may already."""
    actors = yield from actors_of(known, entity, who)
    for action in actions:
        present = _present(known, entity, action)
        new = [actor for actor in actors if not _covered(actor, present)]
        if any(one.split(" if ")[0] in _WIDE for one in present):
            new = [actor for actor in new if actor == "public" and actor not in present]
        wide = [actor for actor in (*new, *present) if actor in _WIDE]
        if new:
            together = wide[:1] if wide else [*present, *new]
            yield _set(entity, action, together, f"{who} may {action} too")
    yield from _seeing(known, entity, actions, actors)


def _acts(known: Known, text: str) -> tuple[list[str], str]:
    """`edit and delete posts`: the actions and the entity."""
    found = re.fullmatch(
        r"(?P<verbs>[a-z]+(?:(?:, (?:and |or )?| and | or )[a-z]+)*) (?:(?:any|all|the|every|their"
        r"|own|other|others'?) )*(?P<what>[a-z][a-z -]*)",
        text,
    )
    if found is None:
        raise Unclear(f"What does “{text}” mean for the backend?", (), text)
    actions: list[str] = []
    for word in listed(found["verbs"]):
        act = _act(word)
        if act not in _ACTIONS:
            raise Unclear(f"What does “{word}” mean for the backend?", tuple(_ACTIONS), word)
        actions += [action for action in _ACTIONS[act] if action not in actions]
    return actions, known.entity(found["what"])


def _act(word: str) -> str | None:
    for form in verb_forms(word):
        if form in _OVERRIDES:
            return _OVERRIDES[form]
        verb = lexicon().verbs.get(form)
        if verb is not None and (verb.act != "create" or form in _CREATING):
            return verb.act
    return None


def actors_of(known: Known, entity: str, text: str) -> Any:
    """The actors of a list of people; a kind of person that is not known becomes a role."""
    actors: list[str] = []
    for word in listed(text):
        actor = known.actor(entity, word)
        if actor is None:
            key = noun_of(word)
            if not (lexicon().is_person(key) or key.endswith(("er", "or", "ist", "ian"))):
                raise Unclear(f"Who are “{bare(word)}”?", (*known.roles, "admin"), word)
            actor = role_name(key)
            if actor != key:
                raise Unclear(
                    f"{entity} rows have no {key}. Who is meant?", tuple(known.roles), word
                )
            known.roles.append(actor)
            yield Step({"edit": "add_role", "role": actor}, f"there is no role {actor} yet")
        if actor not in actors:
            actors.append(actor)
    return actors


def _seeing(known: Known, entity: str, actions: Sequence[str], actors: list[str]) -> Iterator[Step]:
    """Who changes a row must see it."""
    if not {"update", "delete"} & set(actions):
        return
    for action in ("list", "read"):
        present = _present(known, entity, action)
        if action in actions or not present or any(wide in present for wide in _WIDE):
            continue
        blind = [
            one for one in actors if not _covered(one, present) and one not in ("nobody", "owner")
        ]
        if blind:
            yield _set(entity, action, [*present, *blind], "who changes a row must see it")


def _covered(actor: str, present: Sequence[str]) -> bool:
    """Whether an actor may already, perhaps as one of more."""
    return actor in present or (actor.startswith("member:") and "member" in present)


def _present(known: Known, entity: str, action: str) -> list[str]:
    actors = known.entities[entity].get("access", {}).get(action, [])
    found = actors if isinstance(actors, list) else [actors]
    return [actor for actor in found if actor != "nobody"]


def _set(entity: str, action: str, actors: Sequence[str], why: str) -> Step:
    value: Any = actors[0] if len(actors) == 1 else list(actors)
    return Step({"edit": "set_access", "entity": entity, "action": action, "actors": value}, why)


INTENTS: tuple[Intent, ...] = (only, nobody, allow, forbid, publish, may)
