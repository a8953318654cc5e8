"""Who may do what with each thing."""

from __future__ import annotations

from typing import Any

from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.events import AccessDecided
from local_engine.generator.planner.lexicon import lexicon

_KEPT = ("list", "read", "create")
_ACTIONS = ("list", "read", "create", "update", "delete")


def decide_access(draft: Draft) -> None:
    """Decides access for every thing that has none yet."""
    for thing in draft.things.values():
        if thing.access is None:
            thing.access = _restrict(draft, thing, _access(draft, thing))
        for action, actors in thing.access.items():
            listed = [actors] if isinstance(actors, str) else list(actors)
            draft.emit(
                AccessDecided(
                    f"entities.{thing.name}.access.{action}", thing.name, action, tuple(listed)
                )
            )


def _restrict(draft: Draft, thing: Thing, access: dict[str, Any]) -> dict[str, Any]:
    """What the prompt keeps from others, and what is about such a thing."""
    if thing.extra.get("append_only"):
        access = {action: who for action, who in access.items() if action in _KEPT}
    seen = _seers(draft, thing)
    if seen is None or not access or thing.part_of is not None:
        return access
    return access | {"list": _short(seen), "read": _short(seen)}


def _seers(draft: Draft, thing: Thing) -> list[str] | None:
    """Who alone sees a thing; None where nothing keeps it from others."""
    if thing.states and thing.facts.get("visible_in"):
        return None
    staff = [role for role in thing.who("manage", "read") if role != "authenticated"]
    if thing.flags.get("seen_by"):
        mine = [thing.owner_path or "owner"] if thing.owner or thing.owner_path else []
        return [*mine, *thing.flags["seen_by"], *staff]
    if thing.flags.get("private"):
        if thing.owner or thing.owner_path:
            return [thing.owner_path or "owner", *staff, *_served(draft, thing)]
        return [*staff, *(role for role in staff_of(draft, thing) if role not in staff)]
    by_name = {other.name: other for other in draft.things.values()}
    for name, relation in thing.relations.items():
        about = by_name.get(relation.get("to", ""))
        if about is None or about is thing or not thing.kind == about.kind == "content":
            continue
        if about.flags.get("seen_by"):
            return ["owner", *about.flags["seen_by"], *staff]
        if about.flags.get("private") and about.owner:
            return ["owner", f"{name}.owner", *staff]
    return None


def staff_of(draft: Draft, thing: Thing | None = None) -> list[str]:
    """Who works with the rows of others: who manages this, manages anything, or is staff."""
    managing = [role for role in (thing.who("manage") if thing else ()) if role != "authenticated"]
    if thing is not None and not managing:
        managing = [role for role in thing.who("transition") if draft.is_staff(role)]
        managing = [role for role in managing if role != "authenticated"]
    if managing:
        return managing
    anything = [r for t in draft.things.values() for r in t.who("manage") if r != "authenticated"]
    product_staff = draft.product.get("staff")
    if anything:
        return list(dict.fromkeys(anything))
    if product_staff in draft.roles:
        return [draft.roles[product_staff]]
    if draft.product.get("team"):
        return list(dict.fromkeys(draft.roles.values())) or ["authenticated"]
    return ["admin"]


def _access(draft: Draft, thing: Thing) -> dict[str, Any]:
    if draft.tenant:
        return _tenant_access(draft, thing)
    if thing.part_of is not None:
        return {}
    if draft.product.get("team") and thing.kind != "activity":
        return _team_access(draft, thing)
    decide = {
        "personal": _personal,
        "content": _content,
        "catalogue": _catalogue,
        "activity": _activity,
        "record": _record,
        "tag": _tag,
    }.get(thing.kind, _personal)
    if decide in (_personal, _content, _activity) and not (thing.owner or thing.owner_path):
        decide = _record
    access = decide(draft, thing)
    _add_said(thing, access)
    return {action: _short(access[action]) for action in _ACTIONS if access.get(action)}


def _short(actors: list[str]) -> Any:
    unique = list(dict.fromkeys(actors))
    for everybody in ("public", "authenticated"):
        if everybody in unique:
            return everybody
    return unique[0] if len(unique) == 1 else unique


def _assume(draft: Draft, thing: Thing, what: str, why: str) -> None:
    draft.decide(f"entities.{thing.name}.access", what, None, why)


def _personal(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    mine = [thing.owner_path or "owner"]
    staff = [role for role in thing.who("manage") if role != "authenticated"]
    served = _served(draft, thing)
    possessors = [r for r in thing.flags.get("possessed_by", ()) if r != "authenticated"]
    create = possessors or thing.who("create", "own")
    if not thing.flags.get("private"):
        _assume(draft, thing, "only the owner sees it", "private unless the prompt says otherwise")
    return {
        "list": mine + staff + served,
        "read": mine + staff + served,
        "create": create or ["authenticated"],
        "update": mine + staff,
        "delete": mine + staff,
    }


def _served(draft: Draft, thing: Thing) -> list[str]:
    """Staff that manages what people do with this thing must see it."""
    return [
        role
        for other in draft.things.values()
        if thing.key in other.targets
        for role in staff_of(draft, other)
        if role != "admin"
    ]


def _content(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    everybody = ["public"] if draft.product.get("public") else ["authenticated"]
    if thing.flags.get("public"):
        everybody = ["public"]
    if thing.flags.get("private") and not thing.states:
        everybody = ["owner"]
    else:
        _assume(draft, thing, f"{everybody[0]} may read it", "it is written for others")
    create = thing.who("create", "own") or ["authenticated"]
    condition = _visible(draft, thing)
    if condition:
        seen = ["owner", f"{everybody[0]} if {condition}"]
        if not thing.states:
            create = [f"{role} if {condition}" for role in create]
    else:
        seen = everybody
    return {
        "list": seen,
        "read": seen,
        "create": create,
        "update": ["owner"],
        "delete": ["owner", *thing.who("manage", "delete")],
    }


def _visible(draft: Draft, thing: Thing) -> str:
    """The condition under which others see a row: it, or what it is about, is published."""
    states = thing.facts.get("visible_in", ())
    if thing.states and states:
        return f"{thing.states.get('field', 'status')} == '{states[0]}'"
    for name, relation in thing.relations.items():
        target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
        if target and target is not thing and target.states and target.facts.get("visible_in"):
            return f"{name}.status == '{target.facts['visible_in'][0]}'"
    return ""


def _catalogue(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    public = draft.product.get("catalogue_public") or thing.flags.get("public")
    everybody = ["public"] if public else ["authenticated"]
    _assume(draft, thing, f"{everybody[0]} may read it", "it is what is offered")
    if thing.owner:
        create = thing.who("create", "own") or ["authenticated"]
        return {
            "list": everybody,
            "read": everybody,
            "create": create,
            "update": ["owner"],
            "delete": ["owner"],
        }
    keepers = [r for r in thing.who("manage", "create", "own") if r != "authenticated"]
    if not keepers:
        keepers = staff_of(draft) if thing.flags.get("concept") == "professional" else ["admin"]
        _assume(draft, thing, f"{', '.join(keepers)} may change it", "staff keeps what is offered")
    return {
        "list": everybody,
        "read": everybody,
        "create": keepers,
        "update": keepers,
        "delete": keepers,
    }


def _activity(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    mine = [thing.owner_path or "owner"]
    staff = [role for role in staff_of(draft, thing) if role != "admin"]
    other_side = [] if thing.facts.get("secret") else _counterparts(draft, thing)
    create = thing.who("create", "own") or ["authenticated"]
    if thing.owner_path:
        create = [*mine, *staff]
    if thing.facts.get("public"):
        seen = (
            ["public"]
            if draft.product.get("catalogue_public") or draft.product.get("public")
            else ["authenticated"]
        )
        return {
            "list": seen,
            "read": seen,
            "create": create,
            "update": mine,
            "delete": [*mine, "admin"],
        }
    seen = [*mine, *(other_side or staff)]
    if not other_side and not staff:
        seen = [*mine, *([] if thing.facts.get("unique_with_owner") else ["admin"])]
    change = mine if thing.facts.get("unique_with_owner") and not staff else seen
    if thing.facts.get("kept_by_staff"):
        change = staff or ["admin"]
    if thing.flags.get("received"):
        change = other_side or staff or ["admin"]
    delete = mine if thing.facts.get("unique_with_owner") else (staff or ["admin"])
    if thing.flags.get("received"):
        delete = _reserve_received(thing, mine, change)
    return {"list": seen, "read": seen, "create": create, "update": change, "delete": delete}


def _reserve_received(thing: Thing, mine: list[str], givers: list[str]) -> list[str]:
    """What one is given, one neither gives nor takes oneself: who may delete the row then."""
    names = thing.flags["received"]
    for name in names:
        thing.fields[name]["editable_by"] = _short(givers)
    ungiven = " and ".join(f"{name} is None" for name in names)
    return [*(f"{actor} if {ungiven}" for actor in mine), *givers]


def _counterparts(draft: Draft, thing: Thing) -> list[str]:
    """Owners of what it is about: the lecturer of an enrolment's course."""
    found = []
    for name, relation in thing.relations.items():
        target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
        if target and target.owner and target.kind in ("catalogue", "content", "unknown"):
            found.append(f"{name}.owner")
    return found


def record_keepers(draft: Draft, thing: Thing) -> list[str]:
    """Who keeps records: who is said to, or else the roles of staff."""
    if draft.product.get("team"):
        return staff_of(draft)
    keepers = [r for r in thing.who("manage", "create", "own", "edit") if r != "authenticated"]
    roles = list(dict.fromkeys(draft.roles.values())) or ["authenticated"]
    return keepers or [role for role in roles if draft.is_staff(role)] or roles


def _record(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    keepers = record_keepers(draft, thing)
    if not thing.who("manage", "create", "own", "edit"):
        _assume(draft, thing, f"{', '.join(keepers)} share it", "records of a team")
    readers = [*keepers, *[r for r in thing.who("read") if r != "authenticated"]]
    return {
        "list": readers,
        "read": readers,
        "create": keepers,
        "update": keepers,
        "delete": keepers,
    }


def _tag(draft: Draft, thing: Thing) -> dict[str, list[str]]:
    public = bool(draft.product.get("public") or draft.product.get("catalogue_public"))
    everybody = ["public"] if public else ["authenticated"]
    makers = [
        role
        for other in draft.things.values()
        if thing.key in other.flags.get("links", {})
        for role in other.who("create")
    ]
    return {
        "list": everybody,
        "read": everybody,
        "create": makers or ["authenticated"],
        "update": ["admin"],
        "delete": ["admin"],
    }


def _team_access(draft: Draft, thing: Thing) -> dict[str, Any]:
    roles = list(dict.fromkeys(draft.roles.values())) or ["authenticated"]
    persons = lexicon().persons
    managers = [name for person, name in draft.roles.items() if person in persons["managers"]]
    mine = ["owner"] if thing.owner else []
    assignees = [n for n, r in thing.relations.items() if r.get("to") == "User" and n == "assignee"]
    create = [role for role in roles if role not in managers] if thing.owner else roles
    change = [*(mine or assignees), *managers] if (mine or assignees) and managers else roles
    _assume(draft, thing, f"{', '.join(roles)} share it", "data of a team")
    access = {
        "list": roles,
        "read": roles,
        "create": create or roles,
        "update": change,
        "delete": managers or roles,
    }
    return {action: _short(actors) for action, actors in access.items()}


def _tenant_access(draft: Draft, thing: Thing) -> dict[str, Any]:
    if thing.part_of is not None:
        return {}
    readers = lexicon().persons["readers"]
    writers = [f"member:{role}" for role in draft.tenant_roles if role not in readers] or ["member"]
    return {
        "list": "member",
        "read": "member",
        "create": _short(writers),
        "update": _short(writers),
        "delete": _short(writers),
    }


def _add_said(thing: Thing, access: dict[str, list[str]]) -> None:
    """What the prompt says in so many words: who may edit, delete, read, manage."""
    creators = thing.who("create", "own") if thing.owner else []
    for act, action in (("edit", "update"), ("delete", "delete")):
        _allow(access, action, [role for role in thing.who(act) if role not in creators])
    for action in ("list", "read"):
        if access[action] not in (["public"], ["authenticated"]):
            seeing = thing.who("read", "edit", "delete", "manage")
            hidden = ("admin",) if thing.kind == "content" and thing.states else ()
            _allow(access, action, [role for role in seeing if role not in hidden])
    for action in ("update", "delete"):
        _allow(access, action, thing.who("manage"))


def _allow(access: dict[str, list[str]], action: str, roles: list[str]) -> None:
    new = [role for role in roles if role != "authenticated" and role not in access[action]]
    access[action] = [*access[action], *new]
