"""Relations between things: parts, references, links, and whose a row is."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.draft import Draft, Span, Thing
from local_engine.generator.planner.naming import field_name

_SHARED = ("catalogue",)


def reference_to(thing: Thing, target: Thing | None) -> str | None:
    """The name of the relation of a thing that leads to another one."""
    for name, relation in thing.relations.items():
        if target is not None and relation.get("to") == target.name:
            return name
    return None


def relate(draft: Draft) -> None:
    """Adds all relations and owners."""
    things = [thing for thing in draft.things.values() if not thing.finished]
    for thing in things:
        _parents(draft, thing)
    for thing in things:
        _usual(draft, thing)
        _targets(draft, thing)
        _links(draft, thing)
    for thing in things:
        _own(draft, thing)
        _agree(draft, thing)
        _nest(thing)
        _copy_price(draft, thing)
    for thing in draft.things.values():
        _back(draft, thing)


def reference(
    draft: Draft, thing: Thing, target: Thing, span: Span | None, why: str = "", **options: Any
) -> str:
    """A to-one relation; gives its name."""
    name = _relation_name(draft, target)
    if name in thing.fields:
        if thing.fields[name].get("type") == "string" or name in thing.flags.get("said", ()):
            del thing.fields[name]
        else:
            name = f"{name}_row"
    if name not in thing.relations:
        thing.relations[name] = {"to": target.name, **options}
        draft.decide(f"entities.{thing.name}.relations.{name}", f"to {target.name}", span, why)
    return name


def _relation_name(draft: Draft, target: Thing) -> str:
    """The noun; `gym_class` or `book_copy` where the noun alone is no possible name."""
    noun = target.flags.get("renamed") or target.key
    name = field_name(noun)
    if name == noun:
        return name
    around = next(iter(target.flags.get("parents", ())), "") or draft.product_key
    return field_name(f"{around}_{noun}") if around else name


def _become_part(draft: Draft, thing: Thing, parent: Thing, span: Span | None) -> None:
    thing.part_of = reference(draft, thing, parent, span, f"part of {parent.name}")
    thing.kind = "part"
    thing.flags["parent"] = parent.key
    name = thing.facts.get("many") or _many_name(parent, thing)
    parent.relations.setdefault(name, {"many": thing.name})


def _many_name(parent: Thing, child: Thing) -> str:
    own = snake_case(child.name)
    return plural(own.removeprefix(f"{parent.key.split('_')[0]}_") or own)


def _parents(draft: Draft, thing: Thing) -> None:
    for noun in thing.facts.get("part_of", ()):
        parent = draft.find(noun)
        if parent is not None and parent is not thing and thing.part_of is None:
            _become_part(draft, thing, parent, thing.flags.get("parents", {}).get(parent.key))
    for key, span in thing.flags.get("parents", {}).items():
        parent = draft.things.get(key)
        if parent is None or parent is thing or thing.part_of is not None:
            continue
        _child(draft, thing, parent, span)


def _child(draft: Draft, thing: Thing, parent: Thing, span: Span) -> None:
    """`X with Ys`: a part, a row that refers to it, or links to something shared."""
    if any(draft.find(noun.rstrip("?!")) for noun in thing.facts.get("belongs", ())):
        return
    if thing.kind in ("activity", "content"):
        reference(draft, thing, parent, span, on_delete="cascade")
    elif parent.kind in ("personal", "content", "unknown") and thing.kind in _SHARED:
        parent.flags.setdefault("links", {})[thing.key] = span
    elif thing.kind in ("catalogue", "record") or parent.kind in (
        "catalogue",
        "record",
        "activity",
    ):
        if thing.kind == "unknown":
            thing.kind = parent.kind if parent.kind in ("catalogue", "record") else "part"
        if thing.kind == "part":
            _become_part(draft, thing, parent, span)
        else:
            reference(draft, thing, parent, span, immutable=True, on_delete="cascade")
    else:
        _become_part(draft, thing, parent, span)


def _usual(draft: Draft, thing: Thing) -> None:
    """References that things of this kind usually have."""
    taken = False
    for text in thing.facts.get("belongs", ()):
        noun = text.rstrip("?!")
        target = draft.find(noun)
        if target is None or target is thing or target.key in thing.targets:
            continue
        if not _may_belong(draft, thing, target):
            continue
        if taken and thing.facts.get("first_of_belongs"):
            break
        options: dict[str, Any] = {}
        if "?" in text:
            options["optional"] = True
        if "!" in text:
            options |= {"on_delete": "cascade"}
            if thing.kind == "catalogue":
                options = {"immutable": True, **options}
        elif "?" in text:
            options["on_delete"] = "set null"
        else:
            options["on_delete"] = "restrict"
        name = reference(draft, thing, target, None, f"{thing.name} usually has one", **options)
        taken = True
        unique = thing.facts.get("unique_in_parent")
        if unique and "!" in text:
            thing.rules.append({"unique": [name, unique]})
        if thing.facts.get("unique_with_parent") and thing.part_of:
            thing.rules.append({"unique": [thing.part_of, name]})


def _may_belong(draft: Draft, thing: Thing, target: Thing) -> bool:
    """Whether the usual reference makes sense here, beside what the prompt says."""
    if thing.flags.get("parent") == target.key or target.flags.get("parent") == thing.key:
        return False
    if thing.kind == "activity" and thing.targets:
        return _below(draft, target, thing.targets)
    return target.kind != "part" or thing.kind != "part"


def _below(draft: Draft, target: Thing, keys: list[str]) -> bool:
    """Whether a thing is a part of one of these: the option of a poll that one votes in."""
    nouns = target.facts.get("part_of", ())
    return any(found.key in keys for noun in nouns if (found := draft.find(noun)))


def _targets(draft: Draft, thing: Thing) -> None:
    """What somebody engages with: the room of a reservation, the course of an enrolment."""
    for key in thing.targets:
        target = draft.things.get(key)
        if target is None or target is thing:
            continue
        if thing.kind not in ("activity", "content", "part", "record", "personal", "unknown"):
            continue
        options: dict[str, Any] = {"on_delete": "restrict"}
        if target.flags.get("possessed_by") or thing.facts.get("unique_with_owner"):
            options = {"immutable": True, "on_delete": "restrict"}
        if target.kind in ("content",):
            options["on_delete"] = "cascade"
        reference(draft, thing, target, target.span, **options)


def _links(draft: Draft, thing: Thing) -> None:
    for key, span in thing.flags.get("links", {}).items():
        target = draft.things.get(key)
        if target is not None:
            name = plural(snake_case(target.name))
            thing.relations[name] = {"links": target.name}
            draft.decide(f"entities.{thing.name}.relations.{name}", f"links {target.name}", span)


def _own(draft: Draft, thing: Thing) -> None:
    """The relation to the user whose row it is."""
    if thing.kind == "unknown":
        _settle_kind(draft, thing)
    creators = [r for r in thing.who("create", "own") if r not in ("authenticated", "admin")]
    said = bool(creators or thing.flags.get("possessed_by"))
    if thing.kind in ("part", "tag") or draft.tenant or not _is_owned(draft, thing, said):
        return
    for target in [draft.things[key] for key in thing.targets if key in draft.things]:
        if target.flags.get("possessed_by") and target is not thing:
            thing.owner_path = f"{field_name(target.key)}.owner"
            return
    name = _owner_name(draft, thing, creators)
    thing.owner = name
    thing.relations = {name: {"to": "User"}, **thing.relations}
    span = thing.span if said else None
    why = "" if span else "rows belong to who makes them"
    draft.decide(f"entities.{thing.name}.owner", name, span, why)
    if thing.facts.get("unique_with_owner"):
        _once_each(draft, thing, name)


def _is_owned(draft: Draft, thing: Thing, said: bool) -> bool:
    if thing.kind == "record":
        return bool(thing.facts.get("owner") and draft.roles)
    return thing.kind != "catalogue" or said


def _owner_name(draft: Draft, thing: Thing, creators: list[str]) -> str:
    """The role that makes such rows, or the word that is usual for them."""
    name = str(thing.facts.get("owner", "owner"))
    one = len(creators) == 1 and not thing.flags.get("possessed_by")
    if thing.kind == "record" or (thing.kind == "personal" and not creators):
        name = "owner"
    elif one and not _anybody(draft, thing, creators):
        name = field_name(creators[0])
    return "owner" if name in thing.fields else name


def _once_each(draft: Draft, thing: Thing, owner: str) -> None:
    """One row of each user for each thing; another vote replaces the one before."""
    about = [n for n, r in thing.relations.items() if "to" in r and r["to"] != "User"]
    about.sort(key=lambda name: _target(draft, thing, name).kind == "part")  # once in a poll
    if about and thing.flags.get("up_down"):
        thing.extra["upsert"] = [about[0], owner]
    elif about:
        thing.rules.append({"unique": [owner, about[0]]})


def _target(draft: Draft, thing: Thing, relation: str) -> Thing:
    name = thing.relations[relation]["to"]
    return next(other for other in draft.things.values() if other.name == name)


def _anybody(draft: Draft, thing: Thing, creators: list[str]) -> bool:
    """Whether everybody may write it although one role was named: readers comment."""
    if thing.kind == "content" and not any(draft.is_staff(role) for role in creators):
        thing.people["create"] = ["authenticated"]
        return True
    return False


def _agree(draft: Draft, thing: Thing) -> None:
    """A vote for an option and its poll: the option is one of that poll."""
    targets = {n: r["to"] for n, r in thing.relations.items() if "to" in r and r["to"] != "User"}
    by_name = {other.name: other for other in draft.things.values()}
    for name, target in targets.items():
        parent = by_name[target].part_of if target in by_name else None
        above = by_name[target].relations[parent]["to"] if parent else None
        for other, entity in targets.items():
            if above == entity and other != name:
                thing.rules.append({"check": f"{name}.{parent} == {other}"})


def _nest(thing: Thing) -> None:
    """Nested comments: each may answer another one of the same post."""
    if not thing.flags.get("nested"):
        return
    about = next((n for n, r in thing.relations.items() if "to" in r and r["to"] != "User"), None)
    parent = {"to": thing.name, "optional": True, "on_delete": "cascade"}
    thing.relations["parent"] = {**parent, "same": about} if about else parent
    thing.relations["replies"] = {"many": thing.name}


def _copy_price(draft: Draft, thing: Thing) -> None:
    """A booking keeps the price of the day it was made."""
    if not thing.facts.get("interval"):
        return
    for name, relation in list(thing.relations.items()):
        target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
        for price in ("nightly_price", "daily_price", "hourly_price", "price"):
            if target and target.fields.get(price, {}).get("type") == "money":
                if target.fields[price].get("optional"):
                    continue
                thing.fields[price] = {"type": "money", "copied_from": f"{name}.{price}"}
                where = f"entities.{thing.name}.fields.{price}"
                draft.decide(where, "copied", None, "the price of the day it is booked")
                return


def _settle_kind(draft: Draft, thing: Thing) -> None:
    creators = [r for r in thing.who("create") if r not in ("authenticated", "admin")]
    if draft.product.get("team") or (thing.who("manage") and not creators):
        thing.kind = "record"
    elif draft.product.get("public") and (creators or thing.who("create")):
        thing.kind = "content"
    elif any(thing.key in other.targets for other in draft.things.values()):
        thing.kind = "catalogue"
    else:
        thing.kind = "personal"


def _back(draft: Draft, thing: Thing) -> None:
    """`many` relations for rows that live or are counted below."""
    for child in draft.things.values():
        for relation in child.relations.values():
            if relation.get("to") != thing.name or child is thing or child.kind == "pattern":
                continue
            if relation.get("on_delete") != "cascade" and not child.flags.get("counted"):
                continue
            if any(r.get("many") == child.name for r in thing.relations.values()):
                continue
            name = plural(snake_case(child.name))
            if name not in thing.fields and name not in thing.relations:
                thing.relations[name] = {"many": child.name}
