"""What is asked in each step, in words: the user's description, and what is known so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_engine.generator.agents.designing.instructions import described
from local_engine.generator.agents.designing.sketch import BEHAVIOUR, Data, Sketch
from local_engine.generator.blueprint.writer import flow, write
from local_engine.generator.planner import Plan


def outline_task(prompt: str, draft: Plan | None) -> str:
    """The first step."""
    if draft is None:
        return described(prompt)
    entities = ", ".join(draft.blueprint.entities)
    roles = ", ".join(draft.blueprint.accounts.roles) or "none"
    hint = f"The draft has these entities: {entities}. Roles: {roles}."
    return f"{described(prompt)}\n\n{hint}"


def structure_task(
    prompt: str, sketch: Sketch, names: tuple[str, ...], whats: Mapping[str, str]
) -> str:
    """The second step, for some entities."""
    every = "\n".join(f"- {name}: {whats.get(name, '')}" for name in sketch.entities)
    drafts = {name: _structure(sketch.drafted[name]) for name in names if name in sketch.drafted}
    hint = f"\n\nThe draft of them:\n{write({'entities': drafts})}" if drafts else ""
    return (
        f"{described(prompt)}\n\nAll entities:\n{every}{hint}\n\n"
        f"Give fields and relations of: {', '.join(names)}."
    )


def behaviour_task(prompt: str, sketch: Sketch, names: tuple[str, ...]) -> str:
    """The third step, for some entities."""
    own = {name: _structure(sketch.entity(name)) for name in names}
    return (
        f"{described(prompt)}\n\n{_roles(sketch)}{_others(sketch, names)}\n\n"
        f"The structure:\n{write({'entities': own})}\n"
        f"Give access, rules and states of: {', '.join(names)}."
    )


def action_task(prompt: str, sketch: Sketch, action: Data, name: str) -> str:
    """The fourth step, for one action."""
    about = tuple(one for one in sketch.entities if one in action.get("about", ()))
    own = {one: sketch.entity(one) for one in about or sketch.entities[:8]}
    return (
        f"{described(prompt)}\n\n{_roles(sketch)}{_others(sketch, tuple(own))}\n\n"
        f"The structure:\n{write({'entities': own})}\n"
        f"Give the {action['kind']} `{name}`: {action.get('what', '')}"
    )


def _structure(entity: Data) -> Data:
    return {key: value for key, value in entity.items() if key not in BEHAVIOUR}


def _roles(sketch: Sketch) -> str:
    roles = sketch.head.get("accounts", {}).get("roles", [])
    tenancy = sketch.head.get("tenancy")
    told = f"\nTenancy: {flow(tenancy)}." if tenancy else ""
    return f"Roles: {', '.join((*roles, 'admin'))}.{told}"


def _others(sketch: Sketch, names: tuple[str, ...]) -> str:
    """The entities around, as far as they are near: in short."""
    own = {name: sketch.entity(name) for name in names}
    near = {
        relation.get(key)
        for entity in own.values()
        for relation in entity.get("relations", {}).values()
        for key in ("to", "many", "links")
    }
    lines = [
        f"- {name}: {flow(_short(sketch.entity(name)))}"
        for name in sketch.entities
        if name in near and name not in own
    ]
    return "\n\nRelated:\n" + "\n".join(lines) if lines else ""


def _short(entity: Data) -> Data:
    short: dict[str, Any] = {key: entity[key] for key in ("owner", "part_of") if key in entity}
    short["fields"] = list(entity.get("fields", {}))
    leading = {
        name: relation.get("to") or relation.get("many") or relation.get("links")
        for name, relation in entity.get("relations", {}).items()
    }
    return short | ({"relations": leading} if leading else {})
