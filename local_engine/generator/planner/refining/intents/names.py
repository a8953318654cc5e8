"""`rename task to card`, `remove the category from products`, `add a role editor`, the product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.naming import entity_name, field_name, role_name, snake
from local_engine.generator.planner.refining.known import Known, Member, bare, noun_of
from local_engine.generator.planner.refining.patterns import Intent, intent, listed
from local_engine.generator.planner.refining.results import Step, Unclear


@intent(
    r"(?:rename|call|name) (?:the )?(?:product|app|application|project|backend|api)"
    r"(?: (?:to|into|as))? (?P<to><X>)"
)
def product(_known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The name of the product."""
    name = parts["to"].strip("\"'“”")
    yield Step({"edit": "set_product", "name": name[:1].upper() + name[1:]}, "the product's name")


@intent(
    r"(?:use|change|set) (?:the )?(?P<key>currency|time ?zone)(?: to| as)? (?P<value>[a-z/_+-]+)"
)
def setting(_known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Currency and time zone."""
    if parts["key"] == "currency":
        yield Step({"edit": "set_product", "currency": parts["value"].upper()}, "as asked for")
        return
    zone = "/".join(
        "_".join(word.capitalize() for word in part.split("_"))
        for part in parts["value"].split("/")
    )
    yield Step({"edit": "set_product", "time_zone": zone}, "as asked for")


@intent(
    r"(?:rename|call|change the name of) (?P<what><X>) (?:to|into|as) (?P<to>[a-z][a-z0-9 _-]*)"
)
def rename(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A role, an entity, or a field or relation."""
    what, to = bare(parts["what"]), parts["to"]
    role = noun_of(what.removeprefix("role ").removesuffix(" role"))
    entity = None if "role" in what.split() else known.find_entity(what)
    if entity is not None and " of " not in what:
        yield from _rename_entity(known, entity, to)
    elif role in known.roles:
        name = _possible(noun_of(to), role_name(noun_of(to)))
        yield Step({"edit": "rename_role", "role": role, "to": name}, "as said")
    else:
        member = known.member(what)
        yield _rename_member(member, _possible(snake(to), field_name(to)))


@intent(r"(?P<what><X>) should be (?:called|named) (?P<to>[a-z][a-z0-9 _-]*)")
def called(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The same from the other end."""
    yield from rename.maker(known, parts)


@intent(r"<ADD> (?:an? |the )?(?:new )?(?:user )?roles? (?:called |named )?(?P<names><X>)")
def add_role(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Roles of the whole system."""
    for word in listed(parts["names"]):
        name = role_name(noun_of(word))
        if name in known.roles:
            raise Unclear(f"There is a role {name} already.", (), word)
        yield Step({"edit": "add_role", "role": name}, "a role that was asked for")


@intent(r"<ADD> (?:an? |the )?(?:new )?(?P<name>[a-z]+) role")
def add_named_role(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The same with the name before."""
    yield from add_role.maker(known, {"names": parts["name"]})


@intent(r"<REMOVE> (?:the )?(?:role (?P<name>[a-z_ ]+)|(?P<other>[a-z_]+) role)")
def remove_role(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A role that nothing names any more."""
    word = parts.get("name") or parts.get("other") or ""
    name = noun_of(word)
    if name not in known.roles:
        raise Unclear(f"There is no role “{bare(word)}”.", tuple(known.roles), word)
    yield Step({"edit": "remove_role", "role": name}, "as said")


@intent(r"<REMOVE> (?P<what><X>) <IN> (?P<entity><X>)")
def remove_from(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Fields and relations of an entity."""
    entity = known.entity(parts["entity"])
    for word in listed(parts["what"]):
        yield from _remove(known.member(word, entity))


@intent(r"<REMOVE> (?P<what><X>)")
def remove(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A whole entity, or a field that only one entity has."""
    what = parts["what"].removeprefix("the ").removeprefix("table ")
    for word in listed(what):
        if noun_of(word) in ("user", "account") and known.find_entity(word) in (None, "User"):
            raise Unclear("Accounts are built in and cannot be removed.", (), word)
        entity = known.find_entity(word)
        if entity is None:
            yield from _remove(known.member(word))
        else:
            yield Step({"edit": "remove_entity", "entity": entity}, "as said")


def _rename_entity(known: Known, entity: str, to: str) -> Iterator[Step]:
    new = entity_name(noun_of(to))
    _possible(noun_of(to), snake(new))
    yield Step({"edit": "rename_entity", "entity": entity, "to": new}, "as said")
    old_one, new_one = snake_case(entity), snake_case(new)
    words = {old_one: new_one, plural(old_one): plural(new_one)}
    for other, data in known.entities.items():
        for name, relation in data.get("relations", {}).items():
            leads_here = entity in relation.values()
            if leads_here and name in words:
                at = {"entity": new if other == entity else other, "relation": name}
                why = f"it is called like the {entity} that it leads to"
                yield Step({"edit": "rename_relation", **at, "to": words[name]}, why)


def _possible(wanted: str, name: str) -> str:
    """The name, if it is the one that was asked for."""
    if name != wanted:
        raise Unclear(f"Nothing can be called `{wanted}`: the name has a meaning already.")
    return name


def _rename_member(member: Member, to: str) -> Step:
    kind = member.group[:-1]
    at = {"entity": member.entity, kind: member.name}
    return Step({"edit": f"rename_{kind}", **at, "to": to}, "as said")


def _remove(member: Member) -> Iterator[Step]:
    kind = member.group[:-1]
    edit: dict[str, Any] = {"edit": f"remove_{kind}", "entity": member.entity, kind: member.name}
    yield Step(edit, "as said")


INTENTS: tuple[Intent, ...] = (
    product, setting, rename, called, add_role, add_named_role, remove_role, remove_from, remove,
)  # fmt: skip
