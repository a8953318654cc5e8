"""The Blueprint while a model designs it: answers put together, always in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.agents.designing.coercion import entity_word, field_data, name_word
from local_engine.generator.agents.designing.faults import Pointer, place_of, pointer, steps_of
from local_engine.generator.agents.designing.forms import (
    action_form,
    behaviour_form,
    structure_form,
)
from local_engine.generator.agents.designing.interview import Part
from local_engine.generator.agents.designing.shapes import Many, Thing
from local_engine.generator.agents.providers import Fault
from local_engine.generator.blueprint import Severity, problems_of

Data = dict[str, Any]

SECTIONS = {"operation": "operations", "report": "reports", "feed": "feeds", "job": "jobs"}
_LATER = ("access", "members", "editable_by", "visible_to")
"""What cannot be judged before it is said who may do what."""
BEHAVIOUR = ("access", "rules", "states", "effects", "upsert", "guarded", "limits")


@dataclass
class Sketch:
    """Everything that is known so far; `drafted` are the planner's entities by name.

    `head` is the Blueprint without its sections. `actions` have the kind of what they name.
    """

    head: Data
    entities: tuple[str, ...]
    drafted: Mapping[str, Data]
    structure: list[Part] = field(default_factory=list)
    behaviour: list[Part] = field(default_factory=list)
    actions: list[tuple[str, Part]] = field(default_factory=list)
    stand_ins: set[str] = field(default_factory=set)
    """Entities that the planner's draft stands in for, whatever the model says about them."""

    def data(self) -> Data:
        """The Blueprint as plain data, whatever may be wrong with it."""
        made: Data = dict(self.head)
        made["entities"] = {name: self.entity(name) for name in self.entities}
        emails, webhooks = self._messages()
        for kind, part in self.actions:
            if part.value is not None:
                made.setdefault(SECTIONS[kind], {})[part.names[0]] = action_data(kind, part.value)
        return (
            made
            | ({"emails": emails} if emails else {})
            | ({"webhooks": webhooks} if webhooks else {})
        )

    def entity(self, name: str) -> Data:
        """An entity as the model, or else the planner, describes it."""
        drafted = self.drafted.get(name, {})
        found = None if name in self.stand_ins else _item(self.structure, name)
        if found is None:
            structure = {key: value for key, value in drafted.items() if key not in BEHAVIOUR}
            structure = structure or {"fields": {"name": "string"}}
        else:
            structure = structure_data(found)
        if name == "User":
            return {key: structure[key] for key in ("description", "fields") if key in structure}
        said = None if name in self.stand_ins else _item(self.behaviour, name)
        if said is not None:
            return structure | behaviour_data(said)
        if not self.behaviour:
            return structure
        drafted_behaviour = {key: drafted[key] for key in BEHAVIOUR if key in drafted}
        return {"access": default_access(structure)} | structure | drafted_behaviour

    def structure_faults(self) -> None:
        """Tell each part of the structure what the Blueprint has against it."""
        found = [
            (steps, message)
            for steps, message in _errors(self.data())
            if not any(step in _LATER for step in steps)
        ]
        for part in self.structure:
            part.faults = _faults_of(part, found)

    def behaviour_faults(self) -> None:
        """The same for the parts about access, rules and states."""
        found = _errors(self.data())
        for part in self.behaviour:
            part.faults = _faults_of(part, found)

    def action_faults(self, kind: str, part: Part) -> None:
        """The same for one action."""
        name = part.names[0]
        emails = part.value.get("emails") or ()
        own = {email.get("name") for email in emails}
        found = []
        for steps, message in _errors(self.data()):
            if steps[:2] == (SECTIONS[kind], name):
                found.append((("definition", *steps[2:]), message))
            elif steps[:1] == ("emails",) and len(steps) > 1 and steps[1] in own:
                found.append((steps, message))
        part.faults = tuple(
            Fault(pointer(place_of(part.value, steps)), message) for steps, message in found
        )

    def _messages(self) -> tuple[Data, list[str]]:
        emails: Data = {}
        webhooks: list[str] = []
        for part in (*self.behaviour, *(action for _, action in self.actions)):
            if part.value is None:
                continue
            form = behaviour_form() if part in self.behaviour else action_form("operation")
            emails |= form.keys["emails"].plain(part.value.get("emails")) or {}
            webhooks += [name_word(name) for name in part.value.get("webhooks") or ()]
        return emails, list(dict.fromkeys(webhooks))


def structure_data(item: Data) -> Data:
    """An entity's structure as the Blueprint writes it."""
    made: Data = _form_of_item(structure_form()).plain(item)
    made.pop("name", None)
    made["fields"] = {name: field_data(one) for name, one in made.get("fields", {}).items()}
    for relation in made.get("relations", {}).values():
        for key in ("to", "many", "links"):
            if key in relation:
                relation[key] = entity_word(relation[key])
    return made


def behaviour_data(item: Data) -> Data:
    """What an entity's rows may go through, as the Blueprint writes it."""
    made: Data = _form_of_item(behaviour_form()).plain(item)
    made.pop("name", None)
    if not made.get("access"):
        made.pop("access", None)
    states = made.get("states", {})
    if not states.get("transitions"):
        made.pop("states", None)
    for transition in states.get("transitions", {}).values():
        _settle_inputs(transition)
    return made


def action_data(kind: str, value: Data) -> Data:
    """An operation, report, feed or job as the Blueprint writes it."""
    made: Data = action_form(kind).keys["definition"].plain(value["definition"])
    _settle_inputs(made)
    if made.pop("needs_code", False):
        made = {key: inner for key, inner in made.items() if key not in ("effects", "returns")}
        made["code"] = "python"
    return made


def default_access(structure: Data) -> Data:
    """Who may do what where nobody said it: as little as makes sense."""
    if "part_of" in structure:
        return {}
    if "owner" in structure:
        return dict.fromkeys(("list", "read", "update", "delete"), "owner") | {
            "create": "authenticated"
        }
    reading = dict.fromkeys(("list", "read"), "authenticated")
    return reading | dict.fromkeys(("create", "update", "delete"), "admin")


def _settle_inputs(made: Data) -> None:
    if "input" in made:
        made["input"] = {name: field_data(one) for name, one in made["input"].items()}


def _form_of_item(form: Thing) -> Thing:
    many = form.keys["entities"]
    assert isinstance(many, Many)
    assert isinstance(many.of, Thing)
    return many.of


def _item(parts: list[Part], name: str) -> Data | None:
    for part in parts:
        if name in part.names and part.value is not None:
            return next((one for one in part.value["entities"] if one["name"] == name), None)
    return None


def _errors(data: Data) -> list[tuple[Pointer, str]]:
    return [(steps_of(one.path), said) for one, said in _said(data)]


def _said(data: Data) -> Iterator[tuple[Any, str]]:
    for problem in problems_of(data):
        if problem.severity is Severity.ERROR:
            hint = f" Did you mean `{problem.suggestion}`?" if problem.suggestion else ""
            yield problem, f"{problem.message}{hint}"


def _faults_of(part: Part, errors: list[tuple[Pointer, str]]) -> tuple[Fault, ...]:
    if part.value is None:
        return ()
    there = {item.get("name") for item in part.value["entities"]}
    faults = [Fault("/entities", f"{name} is missing.") for name in part.names if name not in there]
    for steps, message in errors:
        if len(steps) > 1 and steps[0] == "entities" and steps[1] in part.names:
            faults.append(Fault(pointer(place_of(part.value, steps)), message))
    return tuple(faults)
