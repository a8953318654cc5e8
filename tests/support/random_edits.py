"""Edits at random: most fit the Blueprint that they are drawn for, some do not on purpose."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "docs/examples").glob("*/blueprint.yaml"))
OTHERS = sorted((ROOT / "docs/examples/language").glob("*.yaml")) + sorted(
    (ROOT / "tests/support/blueprints").glob("*.yaml")
)
_SECTIONS = {
    "operation": "operations",
    "report": "reports",
    "feed": "feeds",
    "job": "jobs",
    "email": "emails",
}
_TYPES = ["string", "text", "integer", "boolean", "date", "money", "datetime", "email", "json"]


def all_renames(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every rename that is possible, to a name that nothing has, and the one that leads back."""
    for role in data.get("accounts", {}).get("roles", ()):
        yield _there_and_back("rename_role", {}, "role", role)
    for name, entity in data["entities"].items():
        if name != "User":
            yield _there_and_back("rename_entity", {}, "entity", name)
        at = {"entity": name}
        for group in ("field", "relation"):
            for member in entity.get(f"{group}s", ()):
                yield _there_and_back(f"rename_{group}", at, group, member)
        states = entity.get("states")
        if states is not None:
            yield _there_and_back("rename_field", at, "field", states.get("field", "status"))
            for state in state_names(states):
                yield _there_and_back("rename_state", at, "state", state)
            for transition in states.get("transitions", ()):
                yield _there_and_back("rename_transition", at, "transition", transition)
    for what, section in _SECTIONS.items():
        for name in data.get(section, ()):
            yield _there_and_back(f"rename_{what}", {}, "name", name)


def _there_and_back(
    kind: str, at: dict[str, str], key: str, name: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    fresh = "FreshName" if kind == "rename_entity" else "fresh_name"
    return {"edit": kind, **at, key: name, "to": fresh}, {
        "edit": kind,
        **at,
        key: fresh,
        "to": name,
    }


def state_names(states: dict[str, Any]) -> list[str]:
    """All states but `any`, in the order in which they are named."""
    names = [states["initial"]]
    for transition in states.get("transitions", {}).values():
        begins = transition["from"]
        names += begins if isinstance(begins, list) else [begins]
        names.append(transition["to"])
    return [name for name in dict.fromkeys(names) if name != "any"]


def random_edit(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """One edit for a Blueprint."""
    return chance.choice(_MAKERS)(chance, data)


def _entity(chance: random.Random, data: dict[str, Any]) -> str:
    names: list[str] = [*data["entities"], *data["entities"], "Nothing"]
    return chance.choice(names)


def _member(chance: random.Random, data: dict[str, Any], group: str) -> tuple[str, str]:
    entity = _entity(chance, data)
    known = list(data["entities"].get(entity, {}).get(group, ()))
    return entity, chance.choice([*known, *known, "nothing"])


def _fresh(chance: random.Random) -> str:
    return chance.choice(["note", "rank", "label", "owner", "title", "class", "status", "Bad Name"])


def _rename(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    there, _ = chance.choice(list(all_renames(data)))
    if chance.random() < 0.3:
        there["to"] = _fresh(chance)
    return there


def _add_field(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    entity = _entity(chance, data)
    options: dict[str, Any] = {"type": chance.choice(_TYPES)}
    for key in ("optional", "unique", "filter", "search", "private"):
        if chance.random() < 0.3:
            options[key] = True
    return {"edit": "add_field", "entity": entity, "field": _fresh(chance), "definition": options}


def _remove_member(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    group = chance.choice(["field", "relation"])
    entity, name = _member(chance, data, f"{group}s")
    return {"edit": f"remove_{group}", "entity": entity, group: name}


def _change_field(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    entity, name = _member(chance, data, "fields")
    options: dict[str, Any] = chance.choice(
        [{"optional": True}, {"optional": None}, {"max": 80}, {"type": chance.choice(_TYPES)},
         {"unique": True}, {"default": 1}, {"max": None, "min": None}, {"filter": True}]
    )  # fmt: skip
    return {"edit": "change_field", "entity": entity, "field": name, "set": options}


def _add_relation(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    entity, target = _entity(chance, data), chance.choice([*data["entities"], "User"])
    definition: dict[str, Any] = {"to": target}
    if chance.random() < 0.5:
        definition["optional"] = True
    edit = {"edit": "add_relation", "entity": entity, "relation": _fresh(chance)}
    more = {"inverse": "backlinks"} if chance.random() < 0.3 else {}
    return {**edit, "definition": definition, **more}


def _set_access(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    roles = [*data.get("accounts", {}).get("roles", ()), "admin", "owner", "authenticated"]
    actors: Any = chance.choice([*roles, "nobody", "public", None])
    action = chance.choice(["list", "read", "create", "update", "delete"])
    entity = _entity(chance, data)
    return {"edit": "set_access", "entity": entity, "action": action, "actors": actors}


def _rule(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    entity, name = _member(chance, data, "fields")
    if chance.random() < 0.5:
        rule: dict[str, Any] = chance.choice(
            [{"unique": [name]}, {"check": f"{name} is not None"}, {"at_most": 3}]
        )
        return {"edit": "add_rule", "entity": entity, "rule": rule}
    which = chance.choice(["unique", "check", "no_overlap", "at_most", "editable_while"])
    return {"edit": "remove_rule", "entity": entity, "rule": which}


def _add_entity(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    access = {"list": "public", "read": "public", "create": "admin"}
    definition = {"fields": {"name": "string"}, "access": access}
    name = chance.choice(["Label", "Badge", *list(data["entities"])[:1]])
    return {"edit": "add_entity", "entity": name, "definition": definition}


def _remove_entity(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    return {"edit": "remove_entity", "entity": _entity(chance, data)}


def _states(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    entity = _entity(chance, data)
    states = data["entities"].get(entity, {}).get("states")
    if states is None:
        machine = {
            "initial": "active",
            "transitions": {"archive": {"from": "active", "to": "archived", "by": "admin"}},
        }
        return {"edit": "add_states", "entity": entity, "states": machine}
    name = chance.choice([*state_names(states), "nowhere"])
    return chance.choice(
        [
            {"edit": "remove_state", "entity": entity, "state": name},
            {
                "edit": "add_transition",
                "entity": entity,
                "transition": "archive",
                "definition": {"from": name, "to": "archived", "by": "admin"},
            },
            {
                "edit": "remove_transition",
                "entity": entity,
                "transition": chance.choice(list(states["transitions"])),
            },
        ]
    )


def _product(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    assert data["name"]
    return chance.choice(
        [
            {"edit": "set_product", "name": "Another name", "currency": "USD"},
            {"edit": "set_product", "time_zone": chance.choice(["Asia/Tokyo", "Mars/Base"])},
            {"edit": "set_accounts", "sign_up": "closed"},
            {"edit": "add_role", "role": _fresh(chance)},
        ]
    )


_MAKERS = [
    _rename, _rename, _add_field, _add_field, _remove_member, _change_field, _add_relation,
    _set_access, _rule, _add_entity, _remove_entity, _states, _product,
]  # fmt: skip
