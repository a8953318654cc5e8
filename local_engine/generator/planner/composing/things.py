"""The things a Blueprint needs beyond those that were named, and the names of roles."""

from __future__ import annotations

from typing import Any

from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.events import RoleFound
from local_engine.generator.planner.lexicon import lexicon, named_field
from local_engine.generator.planner.naming import role_name

_TIMED = ("course", "event", "session")
"""What has its own time: who books a place in it chooses none."""


def complete_things(draft: Draft) -> None:
    """Adds what the product always has, and what comes with the things that were named."""
    core = list(draft.product.get("core", ()))
    if not _stored(draft):
        core += draft.product.get("default", ())
    for noun in core:
        if draft.find(noun) is None and draft.known(noun) is not None:
            thing = draft.find(noun)
            if thing is not None:
                why = f"{draft.name or draft.product_key} usually has it"
                draft.decide(f"entities.{thing.name}", "entity", None, why)
    for thing in list(draft.things.values()):
        for noun in thing.facts.get("needs", ()):
            if draft.find(noun) is None:
                made = draft.known(noun)
                if made is not None:
                    draft.decide(f"entities.{made.name}", "entity", None, f"part of {thing.name}")
    for thing in draft.things.values():
        _name_parts(draft, thing)
        _fit_product(draft, thing)
    _find_targets(draft)


def _fit_product(draft: Draft, thing: Thing) -> None:
    """The same noun is something else in another product: a post of a forum, of a blog."""
    meant = draft.product.get("means", {}).get(thing.flags.get("concept"))
    if meant is not None:
        concept = lexicon().concepts[meant]
        thing.facts, thing.kind = concept.facts, concept.facts["kind"]
        thing.flags["concept"] = meant


def _find_targets(draft: Draft) -> None:
    """What people engage with, where the prompt does not say it beside the verb."""
    for thing in draft.things.values():
        usual = any(draft.find(noun.rstrip("?!")) for noun in thing.facts.get("belongs", ()))
        if thing.kind != "activity" or thing.targets:
            continue
        said = [
            p.parts["a"] for p in draft.flags["phrases"] if p.kind == "once" and p.parts.get("a")
        ]
        named = [found for word in said if (found := draft.lookup(word))]
        offered = [
            t
            for t in draft.things.values()
            if t.kind in ("catalogue", "content")
            and t is not thing
            and t.facts.get("owner") != "author"
        ]
        poll = draft.find("poll") if draft.find("option") and thing.key == "vote" else None
        target = next(iter(named), poll or (offered[-1] if offered and not usual else None))
        if target is not None and target is not thing and thing.key not in ("order", "ticket"):
            thing.targets.append(target.key)


def _stored(draft: Draft) -> bool:
    return bool(draft.things)


def _name_parts(draft: Draft, thing: Thing) -> None:
    """A todo of a list is a TodoItem, with the fields of an item."""
    parents = thing.facts.get("part_of", ())
    if any(draft.find(parent) for parent in parents) and "part_fields" in thing.facts:
        thing.kind = "part"
        thing.flags["as_part"] = True
        name = thing.facts.get("name_as_part")
        if name and not thing.flags.get("renamed"):
            thing.name = "".join(word.capitalize() for word in name.split("_"))
            thing.flags["renamed"] = name


def add_fields(draft: Draft) -> None:
    """Gives things the fields that their kind usually has, beside those that were said."""
    for thing in draft.things.values():
        if not thing.finished:
            _add_usual_fields(draft, thing, _said_fields(thing))
            _settle_fields(thing)
            _add_interval(draft, thing)
            thing.rules += [{"check": check} for check in thing.facts.get("checks", ())]


def _said_fields(thing: Thing) -> dict[str, dict[str, Any]]:
    """The fields that the prompt names; a text of what has a body is its body."""
    said = dict(thing.fields)
    for other in ("text", "content"):
        if other in said and any(t.startswith("body ") for t in thing.facts.get("fields", ())):
            thing.flags["said"].append("body")
            del said[other]
    return said


def _add_usual_fields(draft: Draft, thing: Thing, said: dict[str, dict[str, Any]]) -> None:
    usual = thing.facts.get("part_fields" if thing.flags.get("as_part") else "fields", ())
    if not thing.facts and thing.kind in ("unknown", "part") and not _names_itself(said):
        usual = ["name string max=160 search sort"]
        if not said:
            usual.append("description text optional")
            _ask_what_it_is(draft, thing)
    replaced = _replaced(said)
    thing.fields = {}
    for text in usual:
        name, facts = named_field(text)
        if name in replaced and name not in said:
            continue
        thing.fields[name] = facts | said.pop(name, {})
        if name not in thing.flags.get("said", ()):
            why = f"{thing.name} usually has it"
            draft.decide(f"entities.{thing.name}.fields.{name}", str(facts["type"]), None, why)
    thing.fields |= said


def _names_itself(said: dict[str, dict[str, Any]]) -> bool:
    return any(facts["type"] == "string" for facts in said.values())


def _ask_what_it_is(draft: Draft, thing: Thing) -> None:
    quote = draft.text[thing.span[0] : thing.span[1]] if thing.span else thing.name
    words = " ".join(quote.split())
    draft.ask(
        f"What is to be stored of “{words}”? {thing.name} has a name and a description for now.",
        f"entities.{thing.name}.fields",
    )


def _settle_fields(thing: Thing) -> None:
    """Names first; a due date of what is one's own may be missing; the format of a body."""
    for first in ("title", "name"):
        if first in thing.flags.get("said", ()) and first in thing.fields:
            thing.fields = {first: thing.fields[first]} | thing.fields
    if thing.kind in ("personal", "unknown") and "due_on" in thing.fields:
        thing.fields["due_on"]["optional"] = True
    if thing.flags.get("body_format") and "body" in thing.fields:
        thing.fields["body"]["description"] = thing.flags["body_format"]


def _add_interval(draft: Draft, thing: Thing) -> None:
    """When a booking begins and ends: to the day for rooms of hotels and the like."""
    usual = thing.facts.get("interval")
    if not usual or {"starts_at", "starts_on", "from_date"} & set(thing.fields):
        return
    targets = [draft.things[key] for key in thing.targets if key in draft.things]
    if any(target.flags.get("concept") in _TIMED for target in targets):
        return
    nightly = any("nightly_price" in t.fields or "daily_price" in t.fields for t in targets)
    kind = draft.flags.get("interval") or ("date" if nightly or draft.find("hotel") else usual)
    if kind == "date":
        interval: dict[str, dict[str, Any]] = {
            "from_date": {"type": "date", "filter": True, "sort": True},
            "to_date": {"type": "date"},
        }
    else:
        interval = {
            "starts_at": {"type": "datetime", "filter": True, "sort": True},
            "ends_at": {"type": "datetime"},
        }
    thing.fields = {**interval, **thing.fields}
    thing.flags["interval"] = kind
    said = draft.flags.get("interval_span")
    why = "" if said else "when it is"
    draft.decide(f"entities.{thing.name}.fields", " and ".join(interval), said, why)


def _replaced(said: dict[str, dict[str, object]]) -> set[str]:
    """Usual fields that a said one stands for."""
    stand_ins = {
        "title": {"name", "subject"},
        "name": {"title"},
        "subject": {"title"},
        "due_on": {"closes_on", "closes_at", "valid_until"},
    }
    replaced = {other for name in said for other in stand_ins.get(name, ())}
    return replaced | {"price" for name in said if name.endswith("ly_price")}


def settle_roles(draft: Draft) -> None:
    """Roles that the product usually has, names for words that are taken, the default role."""
    persons = lexicon().persons
    usual = draft.product.get("roles", ())
    if draft.product.get("team") and set(draft.roles) <= set(usual):
        for person in usual:
            draft.role(person, None)
    if draft.product.get("customer") and "order" in draft.things and not draft.roles:
        draft.role(draft.product["customer"], None)
    staff = draft.product.get("staff")
    engaged = any(thing.kind == "activity" for thing in draft.things.values())
    managed = any(
        role != "admin" for thing in draft.things.values() for role in thing.who("manage")
    )
    if staff and engaged and not managed and staff not in draft.roles:
        draft.role(staff, None)
    for person, role in list(draft.roles.items()):
        if person == "owner":
            _rename(draft, person, role)
    for person in list(draft.roles):
        if person in persons["professionals"] and _entity_of(draft, person):
            draft.flags.setdefault("professionals", []).append(person)
    for role in draft.roles.values():
        draft.emit(RoleFound("accounts.roles", role))


def _entity_of(draft: Draft, person: str) -> bool:
    return person in draft.things


def _rename(draft: Draft, person: str, role: str) -> None:
    owned = next((t.key for t in draft.things.values() if t.flags.get("possessed_by")), "")
    name = role_name(person, owned or draft.product_key)
    draft.roles[person] = name
    for thing in draft.things.values():
        for act, roles in thing.people.items():
            thing.people[act] = [name if each == role else each for each in roles]
        if "possessed_by" in thing.flags:
            thing.flags["possessed_by"] = [
                name if each == role else each for each in thing.flags["possessed_by"]
            ]
    draft.decisions = [
        type(d)(d.path, d.what.replace(role, name), d.why, d.quote, d.assumed, d.span)
        for d in draft.decisions
    ]


def _is_everybodys(thing: Thing) -> bool:
    """Whether everybody with an account may change rows that nobody owns."""
    changers = (thing.access or {}).get("update")
    return thing.kind == "record" and not thing.owner and changers == "authenticated"


def accounts(draft: Draft) -> dict[str, object]:
    """The accounts of the Blueprint."""
    roles = list(dict.fromkeys(draft.roles.values()))
    team = bool(draft.product.get("team"))
    shared = not roles and [t.name for t in draft.things.values() if _is_everybodys(t)]
    sign_up = draft.sign_up or ("invite" if team or shared else "open")
    data: dict[str, object] = {"sign_up": sign_up}
    if shared and draft.sign_up is None:
        why = f"whoever has an account may change every {shared[0]}"
        draft.decide("accounts.sign_up", sign_up, None, why)
        return data
    if not roles:
        if team:
            draft.decide("accounts.sign_up", sign_up, None, "data of a team, not of the public")
        return data if sign_up != "open" else {}
    persons = lexicon().persons
    by_role = {name: person for person, name in draft.roles.items()}
    low = [role for role in roles if by_role[role] in persons["low"]]
    working = [role for role in roles if by_role[role] not in persons["managers"]]
    default = low[-1:] if low else (working[:1] if team else [])
    data["roles"] = roles
    if default:
        data["default_role"] = default[0]
        draft.decide("accounts.default_role", default[0], None, "the role with the least rights")
    return data
