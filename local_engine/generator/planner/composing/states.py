"""State machines: those a kind of thing usually has, and those the prompt spells out."""

from __future__ import annotations

import re
from typing import Any

from local_engine.generator.planner.composing.access import record_keepers, staff_of
from local_engine.generator.planner.draft import Draft, Span, Thing
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import state_name

_NAMES_OF_OTHERS = ("list", "create", "update", "delete", "read")


def usual_states(draft: Draft, words: frozenset[str]) -> None:
    """States that things of a kind have, where the prompt says nothing else."""
    for thing in draft.things.values():
        described = thing.facts.get("states")
        if thing.finished or thing.states or not described or thing.kind == "part":
            continue
        needed = thing.facts.get("states_if")
        if needed and not words.intersection(needed):
            continue
        transitions = {
            name: _transition(draft, thing, text)
            for name, text in described.items()
            if name != "initial"
        }
        thing.states = {"initial": described["initial"], "transitions": transitions}
        if needed is None:
            why = f"{thing.name} usually has these states"
            draft.decide(f"entities.{thing.name}.states", described["initial"], None, why)
        _finish(thing)


def _finish(thing: Thing) -> None:
    assert thing.states is not None
    editable = thing.facts.get("editable_in")
    if editable and editable == thing.states["initial"]:
        thing.rules.append({"editable_while": f"status == '{editable}'"})
    active = thing.facts.get("one_active")
    target = next((n for n, r in thing.relations.items() if "to" in r and r["to"] != "User"), None)
    if active and target:
        thing.rules.append(
            {"unique": [target], "where": f"status == '{active}'", "message": "It is taken"}
        )


def _transition(draft: Draft, thing: Thing, text: str) -> dict[str, Any]:
    """`draft|sent > cancelled : staff ; count(lines) > 0 ; The order has no lines`."""
    body, *require = [part.strip() for part in text.split(";")]
    move, _, who = body.partition(":")
    origin, _, target = move.partition(">")
    states = origin.strip().split("|")
    data: dict[str, Any] = {
        "from": states[0] if len(states) == 1 else states,
        "to": target.strip(),
        "by": _actors(draft, thing, who.strip()),
    }
    if require:
        data["require"] = {"check": require[0], "message": require[1]}
    _stamp(thing, data)
    return data


def _stamp(thing: Thing, transition: dict[str, Any]) -> None:
    """Keeps when a row came into a state, where that matters later: won, published."""
    state = transition["to"]
    if lexicon().states.get(state, {}).get("stamp"):
        stamp = {"type": "datetime", "optional": True, "editable_by": "nobody", "sort": True}
        thing.fields[f"{state}_at"] = stamp
        transition["effects"] = [{"set": f"{state}_at", "to": "now()"}]


def _actors(draft: Draft, thing: Thing, who: str) -> Any:
    if draft.tenant:
        return [f"member:{role}" for role in draft.tenant_roles] or ["member"]
    if thing.kind == "record" and not thing.owner:
        keepers = record_keepers(draft, thing)
        return keepers[0] if len(keepers) == 1 else keepers
    mine = [thing.owner_path or "owner"] if thing.owner or thing.owner_path else []
    staff = staff_of(draft, thing)
    if who == "counterpart":
        others = [f"{n}.owner" for n in thing.relations if _owned(draft, thing, n)]
        found = others or staff
    elif draft.product.get("team") and mine and thing.kind == "record":
        persons = lexicon().persons
        found = mine + [n for p, n in draft.roles.items() if p in persons["managers"]]
    else:
        found = {"owner": mine or staff, "staff": staff, "both": mine + staff}[who]
    return found[0] if len(found) == 1 else found


def _owned(draft: Draft, thing: Thing, name: str) -> bool:
    target = thing.relations[name].get("to")
    return any(t.name == target and t.owner for t in draft.things.values())


def said_states(draft: Draft, thing: Thing, text: str, span: Span) -> bool:
    """A state machine from a list of states: `new, contacted, offer, won, lost`."""
    parts = re.split(r",|\band then\b|\bthen\b|\bfinally\b|\band\b|\bor\b|/", text)
    names = list(dict.fromkeys(state_name(p.strip()) for p in parts if p.strip()))
    if len(names) < 2:
        return False
    known = lexicon().states
    transitions: dict[str, Any] = {}
    path = [names[0]]
    for name in names[1:]:
        facts = known.get(name, {})
        origins = _origins(path, facts)
        data: dict[str, Any] = {
            "from": origins[0] if len(origins) == 1 else origins,
            "to": name,
            "by": _actors(draft, thing, facts.get("by", "both")),
        }
        _stamp(thing, data)
        transitions[_verb(thing, name, facts, transitions)] = data
        if "from" not in facts:
            path.append(name)
    _rejoin(names, transitions)
    thing.states = {"initial": names[0], "transitions": transitions}
    thing.fields.pop("done", None)
    draft.decide(f"entities.{thing.name}.states", ", ".join(names), span)
    first = known.get(names[0], {}).get("verb")
    if first in ("confirm", "redraft") and thing.kind == "activity":
        rule = {"editable_while": f"status == '{names[0]}'"}
        thing.rules += [] if rule in thing.rules else [rule]
    return True


def _rejoin(names: list[str], transitions: dict[str, Any]) -> None:
    """What is overdue may still be paid."""
    for name in names:
        for transition in transitions.values():
            if transition["to"] == lexicon().states.get(name, {}).get("rejoins"):
                before = transition["from"]
                origins = [before] if isinstance(before, str) else list(before)
                transition["from"] = [*origins, name]


def _origins(path: list[str], facts: dict[str, Any]) -> list[str]:
    """The states that a state may follow, of those on the path to it."""
    known = lexicon().states
    begun = [index for index, state in enumerate(path) if known.get(state, {}).get("begun")]
    origins = {
        "first": path[:1],
        "begin": path[: begun[0]] if begun else path,
        "open": [state for state in path if not known.get(state, {}).get("end")],
        "before_paid": path[: path.index("paid")][-1:] if "paid" in path else path[-1:],
    }
    return origins.get(facts.get("from", ""), path[-1:]) or path[:1]


def _verb(thing: Thing, name: str, facts: dict[str, Any], taken: dict[str, Any]) -> str:
    verb = str(facts.get("verb", f"move_to_{name}"))[:40]
    if verb in thing.fields or verb in thing.relations or verb in taken or verb in _NAMES_OF_OTHERS:
        verb = f"mark_{name}"[:40]
    return verb
