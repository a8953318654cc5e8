"""The answers by which a model would design a given Blueprint, as replies for the stand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from local_engine.generator.agents.designing.forms import (
    GROUP,
    action_form,
    behaviour_form,
    outline_form,
    structure_form,
)
from local_engine.generator.agents.designing.shapes import Many, Named, Shape, Text, Thing
from local_engine.generator.blueprint import Blueprint

Reply = dict[str, Any]
_SECTIONS = {"operations": "operation", "reports": "report", "feeds": "feed", "jobs": "job"}
_STATED = ("name", "description", "currency", "time_zone")


def replies_of(blueprint: Blueprint) -> list[Reply]:
    """A reply for each question of the design, the questions known by their last words."""
    data = blueprint.model_dump(by_alias=True, exclude_defaults=True)
    own = data["entities"]
    names = list(own)
    replies = [_reply("First step", _outline(data, own))]
    for start in range(0, len(names), GROUP):
        group = names[start : start + GROUP]
        items = [_item(structure_form(), name, own[name]) for name in group]
        when = f"Give fields and relations of: {', '.join(group)}."
        replies.append(_reply(when, {"entities": items}))
    names = [name for name in names if name != "User"]
    for start in range(0, len(names), GROUP):
        group = names[start : start + GROUP]
        items = [{"access": {}} | _item(behaviour_form(), name, own[name]) for name in group]
        value: dict[str, Any] = {"entities": items}
        if start == 0:
            for key in ("emails", "webhooks"):
                value[key] = written(behaviour_form().keys[key], data.get(key))
        when = f"Give access, rules and states of: {', '.join(group)}."
        replies.append(_reply(when, value))
    for section, kind in _SECTIONS.items():
        for name, one in data.get(section, {}).items():
            definition = written(action_form(kind).keys["definition"], one)
            if one.get("code"):
                definition["needs_code"] = True
            value = {"definition": definition, "emails": [], "why": "assumed"}
            replies.append(_reply(f"Give the {kind} `{name}`:", value))
    return replies


def written(shape: Shape, value: Any) -> Any:
    """A part of a dumped Blueprint as a model writes it in a shape."""
    if isinstance(shape, Text):
        if isinstance(value, str | Decimal):
            return str(value)
        return json.dumps(value, default=str)
    if isinstance(shape, Many):
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [written(shape.of, item) for item in items]
    if isinstance(shape, Named):
        return [_named(shape, name, one) for name, one in (value or {}).items()]
    if isinstance(shape, Thing):
        return {
            key: written(inner, value[key]) for key, inner in shape.keys.items() if key in value
        }
    return value


def _named(shape: Named, name: str, value: Any) -> dict[str, Any]:
    if shape.value_key:
        return {"name": name, shape.value_key: written(Text(), value)}
    return {"name": name, **written(shape.of, value)}


def _item(form: Thing, name: str, entity: Mapping[str, Any]) -> dict[str, Any]:
    many = form.keys["entities"]
    assert isinstance(many, Many)
    empty: dict[str, Any] = {key: [] for key in ("fields", "relations") if form is structure_form()}
    return {"name": name, **empty, **written(many.of, entity)}


def _outline(data: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    accounts = data.get("accounts", {})
    form = outline_form()
    value: dict[str, Any] = {key: data[key] for key in _STATED if key in data}
    value |= {key: accounts[key] for key in ("sign_up", "default_role") if key in accounts}
    value["roles"] = [{"name": role, "why": "assumed"} for role in accounts.get("roles", ())]
    if "tenancy" in data:
        value["tenancy"] = written(form.keys["tenancy"], data["tenancy"])
    value["entities"] = [{"name": name, "what": name, "why": "assumed"} for name in own]
    value["actions"] = [
        {"name": name, "kind": kind, "what": name, "about": [], "why": "assumed"}
        for section, kind in _SECTIONS.items()
        for name in data.get(section, {})
    ]
    return value


def _reply(when: str, answer: Any) -> Reply:
    size = len(json.dumps(answer)) // 4
    usage = {"input": 2_500, "output": size, "thinking": size}
    return {"kind": "answer", "when": when, "answer": answer, "usage": usage}
