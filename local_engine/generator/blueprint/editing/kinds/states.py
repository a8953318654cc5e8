"""Edits of states and transitions; a state is there as long as something names it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import (
    BaseEdit,
    Refusal,
    refuse_taken,
    refuse_unknown,
)
from local_engine.generator.blueprint.editing.references import Part
from local_engine.generator.blueprint.editing.renaming import (
    note_earlier_words,
    origin,
    rename_part,
)
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import States, Transition
from local_engine.generator.blueprint.problems import Path


class AddStates(BaseEdit):
    """Gives an entity states."""

    edit: Literal["add_states"] = "add_states"
    entity: str = Key(description="The entity.")
    states: States = Key(description="The initial state and the transitions.")

    def apply(self, sheet: Sheet) -> None:
        """Adds them."""
        if "states" in sheet.entity(self.entity):
            message = f"{self.entity} has states already: add transitions."
            raise Refusal("entity", "name-clash", message)
        sheet.put(("entities", self.entity, "states"), self.states.plain())


class RemoveStates(BaseEdit):
    """Takes all states and transitions from an entity."""

    edit: Literal["remove_states"] = "remove_states"
    entity: str = Key(description="The entity.")

    def apply(self, sheet: Sheet) -> None:
        """Removes them."""
        _states(sheet, self.entity)
        sheet.remove(("entities", self.entity, "states"))


class RemoveState(BaseEdit):
    """Removes a state with the transitions that lead to it."""

    edit: Literal["remove_state"] = "remove_state"
    entity: str = Key(description="The entity.")
    state: str = Key(description="The state.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it; transitions that led away from nothing else go too."""
        states = _states(sheet, self.entity)
        _require_state(states, self.state)
        if states["initial"] == self.state:
            message = f"New rows begin as `{self.state}`: choose another initial state first."
            raise Refusal("state", "contradiction", message)
        path: Path = ("entities", self.entity, "states", "transitions")
        for name, transition in list(states.get("transitions", {}).items()):
            left = [state for state in _from(transition) if state != self.state]
            if transition["to"] == self.state or not left:
                sheet.remove((*path, name))
            elif len(left) < len(_from(transition)):
                sheet.put((*path, name, "from"), left)
        _forget_gone(sheet, self.entity)


class RenameState(BaseEdit):
    """Renames a state wherever it is named, in conditions too."""

    edit: Literal["rename_state"] = "rename_state"
    entity: str = Key(description="The entity.")
    state: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it and notes what it was, so that rows that are in it stay in it."""
        states = _states(sheet, self.entity)
        _require_state(states, self.state)
        if self.to in state_names(states):
            refuse_taken("to", "state", self.to)
        rename_part(sheet, Part("state", self.state, self.entity), self.to, lambda: None)
        known = _states_before(sheet, self.entity)
        path: Path = ("entities", self.entity, "states")
        note_earlier_words(sheet, path, self.state, self.to, known)


class SetInitialState(BaseEdit):
    """Says in which state a new row is."""

    edit: Literal["set_initial_state"] = "set_initial_state"
    entity: str = Key(description="The entity.")
    state: str = Key(description="The state.")

    def apply(self, sheet: Sheet) -> None:
        """Sets it."""
        _states(sheet, self.entity)
        sheet.put(("entities", self.entity, "states", "initial"), self.state)


class AddTransition(BaseEdit):
    """Adds a transition, and with it the states that it names."""

    edit: Literal["add_transition"] = "add_transition"
    entity: str = Key(description="The entity.")
    transition: str = Key(description="Its name.")
    definition: Transition = Key(description="From where to where, by whom, and what follows.")
    after: str | None = Key(default=None, description="The transition that it follows; the last.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it."""
        _states(sheet, self.entity)
        path = _path(self.entity, self.transition)
        plain = self.definition.plain()
        sheet.add(path, plain, after=self.after, key="transition", what="transition")


class RemoveTransition(BaseEdit):
    """Removes a transition."""

    edit: Literal["remove_transition"] = "remove_transition"
    entity: str = Key(description="The entity.")
    transition: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it."""
        sheet.remove(_known(sheet, self.entity, self.transition))
        _forget_gone(sheet, self.entity)


class RenameTransition(BaseEdit):
    """Renames a transition; its route changes with it."""

    edit: Literal["rename_transition"] = "rename_transition"
    entity: str = Key(description="The entity.")
    transition: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it, in rate limits too."""
        path = _known(sheet, self.entity, self.transition)
        if self.to in _states(sheet, self.entity)["transitions"]:
            refuse_taken("to", "transition", self.to)
        part = Part("transition", self.transition, self.entity)
        rename_part(sheet, part, self.to, lambda: sheet.rename(path, self.to))


class ChangeTransition(BaseEdit):
    """Says anew what a transition does."""

    edit: Literal["change_transition"] = "change_transition"
    entity: str = Key(description="The entity.")
    transition: str = Key(description="Its name.")
    definition: Transition = Key(description="From where to where, by whom, and what follows.")

    def apply(self, sheet: Sheet) -> None:
        """Replaces it."""
        path = _known(sheet, self.entity, self.transition)
        sheet.put(path, self.definition.plain())
        _forget_gone(sheet, self.entity)


def _forget_gone(sheet: Sheet, entity: str) -> None:
    """Drops the earlier names of states that there are no more."""
    states = _states(sheet, entity)
    for name in set(states.get("was", {})) - set(state_names(states)):
        note_earlier_words(sheet, ("entities", entity, "states"), name, None, ())


def _states_before(sheet: Sheet, entity: str) -> list[str]:
    """The states that an entity has in the Blueprint that the code came from."""
    came_from = origin(entity, sheet.entity(entity).get("was"), sheet.base.entities)
    states = sheet.base.entities[came_from].states if came_from is not None else None
    return state_names(states.plain()) if states is not None else []


def state_names(states: dict[str, Any]) -> list[str]:
    """All states that plain data names, the initial one first."""
    names = [states["initial"]]
    for transition in states.get("transitions", {}).values():
        names += [state for state in _from(transition) if state != "any"]
        names.append(transition["to"])
    return list(dict.fromkeys(names))


def _from(transition: dict[str, Any]) -> list[str]:
    found = transition["from"]
    return found if isinstance(found, list) else [found]


def _states(sheet: Sheet, entity: str) -> dict[str, Any]:
    states: dict[str, Any] | None = sheet.entity(entity).get("states")
    if states is None:
        message = f"{entity} has no states: give it some with add_states."
        raise Refusal("entity", "no-states", message)
    return states


def _require_state(states: dict[str, Any], state: str) -> None:
    known = state_names(states)
    if state not in known:
        refuse_unknown("state", "state", state, known)


def _path(entity: str, transition: str) -> Path:
    return "entities", entity, "states", "transitions", transition


def _known(sheet: Sheet, entity: str, transition: str) -> Path:
    known = _states(sheet, entity).get("transitions", {})
    if transition not in known:
        refuse_unknown("transition", "transition", transition, known)
    return _path(entity, transition)
