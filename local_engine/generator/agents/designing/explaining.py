"""Why everything is as it is, and the events that tell of it while it grows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from local_engine.generator.agents.designing.sketch import SECTIONS, Data, Sketch
from local_engine.generator.blueprint import Blueprint
from local_engine.generator.planner import Decision, PlanEvent
from local_engine.generator.planner.events import (
    AccessDecided,
    EntityFound,
    FieldFound,
    OperationFound,
    RelationFound,
    RoleFound,
    RuleFound,
    StatesFound,
)

_ASSUMED = re.compile(r"\W*assum", re.IGNORECASE)
_LONGEST = 160
_RULES = ("check", "unique", "at_most", "no_overlap", "editable_while")


def decision(prompt: str, path: str, what: str, why: str | None) -> Decision:
    """A decision with the model's words; those of the prompt are found in it."""
    said = " ".join((why or "").split())[:_LONGEST].strip("“”\"' ")
    if not said or _ASSUMED.match(said):
        return Decision(path, what, "assumed: the model holds it for usual", None, True)
    words = r"\s+".join(re.escape(word) for word in said.split())
    found = re.search(words, prompt, re.IGNORECASE)
    if found is None:
        return Decision(path, what, said)
    quote = " ".join(found[0].split())
    return Decision(path, what, f"“{quote}”", quote, False, found.span())


def decisions(
    prompt: str, sketch: Sketch, outline: Data, blueprint: Blueprint
) -> tuple[Decision, ...]:
    """The decisions of which the outcome stands in the Blueprint, in its order."""
    there = blueprint.plain()
    found = [
        decision(prompt, path, what, why)
        for path, what, why in _reasons(sketch, outline)
        if _stands(there, path)
    ]
    for name in sketch.entities:
        if name in sketch.stand_ins:
            text = "assumed: by the planner's rules, as the model gave no usable answer"
            found.append(Decision(f"entities.{name}.fields", "what it has", text, None, True))
    return tuple(found)


def _reasons(sketch: Sketch, outline: Data) -> Iterator[tuple[str, str, str | None]]:
    for role in outline.get("roles", ()):
        yield "accounts.roles", f"role {role['name']}", role.get("why")
    for entity in outline["entities"]:
        yield f"entities.{entity['name']}", "entity", entity.get("why")
    for part in sketch.structure:
        for item in _items(part.value, sketch):
            yield from _structure_reasons(item)
    for part in sketch.behaviour:
        for item in _items(part.value, sketch):
            yield from _behaviour_reasons(item)
    for kind, part in sketch.actions:
        if part.value is not None:
            yield f"{SECTIONS[kind]}.{part.names[0]}", kind, part.value.get("why")


def _items(value: Any, sketch: Sketch) -> list[Data]:
    items = value["entities"] if value is not None else []
    return [item for item in items if item["name"] not in sketch.stand_ins]


def _structure_reasons(item: Data) -> Iterator[tuple[str, str, str | None]]:
    place = f"entities.{item['name']}"
    for field in item.get("fields") or ():
        yield f"{place}.fields.{field['name']}", field.get("type", "string"), field.get("why")
    for relation in item.get("relations") or ():
        target = relation.get("to") or relation.get("many") or relation.get("links")
        yield f"{place}.relations.{relation['name']}", str(target), relation.get("why")


def _behaviour_reasons(item: Data) -> Iterator[tuple[str, str, str | None]]:
    place = f"entities.{item['name']}"
    access = item.get("access") or {}
    if set(access) - {"why"}:
        yield f"{place}.access", "who may do what", access.get("why")
    for index, rule in enumerate(item.get("rules") or ()):
        yield f"{place}.rules[{index}]", _kind(rule), rule.get("why")
    if item.get("states"):
        yield f"{place}.states", "states", item["states"].get("why")


def _kind(rule: Data) -> str:
    return next((kind for kind in _RULES if rule.get(kind)), "rule")


def _stands(there: Any, path: str) -> bool:
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(there, list):
            if int(step) >= len(there):
                return False
            there = there[int(step)]
        elif isinstance(there, dict) and step in there:
            there = there[step]
        else:
            return False
    return True


def outline_events(outline: Data) -> Iterator[PlanEvent]:
    """What the first step found."""
    for role in outline.get("roles", ()):
        yield RoleFound("accounts.roles", role["name"])
    for entity in outline["entities"]:
        yield EntityFound(f"entities.{entity['name']}", entity["name"])


def structure_events(name: str, entity: Data) -> Iterator[PlanEvent]:
    """An entity's fields and relations."""
    place = f"entities.{name}"
    for field, facts in entity.get("fields", {}).items():
        kind = facts if isinstance(facts, str) else facts.get("type", "string")
        yield FieldFound(f"{place}.fields.{field}", name, field, kind)
    for relation, facts in entity.get("relations", {}).items():
        target = facts.get("to") or facts.get("many") or facts.get("links") or ""
        yield RelationFound(f"{place}.relations.{relation}", name, relation, target)


def behaviour_events(name: str, entity: Data) -> Iterator[PlanEvent]:
    """An entity's access, rules and states."""
    place = f"entities.{name}"
    for action, actors in entity.get("access", {}).items():
        listed = (actors,) if isinstance(actors, str) else tuple(actors)
        yield AccessDecided(f"{place}.access.{action}", name, action, listed)
    for index, rule in enumerate(entity.get("rules", ())):
        yield RuleFound(f"{place}.rules[{index}]", name, _kind(rule))
    states = entity.get("states")
    if states:
        ends = [one.get("to", "") for one in states.get("transitions", {}).values()]
        yield StatesFound(
            f"{place}.states", name, tuple(dict.fromkeys([states.get("initial", ""), *ends]))
        )


def action_event(kind: str, name: str) -> PlanEvent:
    """An operation, report, feed or job."""
    return OperationFound(f"{SECTIONS[kind]}.{name}", name)
