"""`make title optional`, `limit title to 80 characters`, `the rating is at most 5`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from local_engine.generator.planner.refining.known import Known, Member
from local_engine.generator.planner.refining.patterns import Intent, intent, listed
from local_engine.generator.planner.refining.results import Step, Unclear

_OPTIONS: dict[str, dict[str, Any]] = {
    "optional": {"optional": True},
    "required": {"optional": None},
    "mandatory": {"optional": None},
    "unique": {"unique": True},
    "immutable": {"immutable": True},
    "unchangeable": {"immutable": True},
    "searchable": {"search": True},
    "filterable": {"filter": True},
    "sortable": {"sort": True},
}
_TYPES = {
    "string": "string", "text": "text", "number": "integer", "integer": "integer",
    "whole number": "integer", "decimal": "decimal", "date": "date", "boolean": "boolean",
    "yes or no": "boolean", "datetime": "datetime", "time": "time", "url": "url", "link": "url",
    "email": "email", "e-mail": "email", "money": "money",
}  # fmt: skip
_HOW = "|".join(_OPTIONS)
_TEXTS = ("string", "text", "slug")
_NUMBERS = ("integer", "decimal", "money")


@intent(rf"(?:make )?(?P<what><X>)(?: <MUST>)? (?P<how>(?:{_HOW})(?:(?:, | and )(?:{_HOW}))*)")
def adjective(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Options that an adjective names."""
    for word in listed(parts["what"]):
        member = known.member(word)
        changes: dict[str, Any] = {}
        for how in listed(parts["how"]):
            changes |= _OPTIONS[how]
        if member.group == "relations":
            changes = {key: value for key, value in changes.items() if key in _RELATION}
            if not changes:
                text = f"{member.name} of {member.entity} leads to another row and cannot be "
                raise Unclear(f"{text}{parts['how']}.", (), parts["what"])
        yield _change(member, changes, f"{parts['how']}, as said")


_RELATION = ("optional", "unique", "immutable")


@intent(
    r"(?:limit|restrict|cut|shorten) (?P<what><X>) to (?:at most )?(?P<n><NUM>)"
    r"(?: (?:characters|letters|chars|items))?"
)
def limit(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A greatest length or value."""
    yield from _bound(known, parts["what"], "max", parts["n"])


@intent(
    r"(?P<what><X>) (?:must|may|can|should|has to|is|are)?(?: have| be| not be| not have)? ?"
    r"(?P<how>at most|at least|no more than|not more than|no less than|longer than|up to"
    r"|between) (?P<n><NUM>)(?: and (?P<m><NUM>))?"
    r"(?: (?:characters|letters|chars|items))?(?: long)?"
)
def bounds(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A least or greatest length or value."""
    if parts["how"] == "between":
        member = known.member(parts["what"])
        low, high = _number(parts["n"]), _number(parts.get("m", parts["n"]))
        yield _change(member, {"min": low, "max": high}, "between the two, as said")
        return
    least = parts["how"] in ("at least", "no less than")
    yield from _bound(known, parts["what"], "min" if least else "max", parts["n"])


@intent(
    r"(?:(?:set|change) )?the default (?:value )?(?:of|for) (?P<what><X>)"
    r" (?:to|is|should be) (?P<value><X>)"
)
def default(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A value for rows that do not say one."""
    member = known.member(parts["what"])
    text = parts["value"].strip("\"'“”")
    value: Any = text
    if text in ("true", "false", "yes", "no"):
        value = text in ("true", "yes")
    elif text.replace(".", "", 1).isdigit():
        value = _number(text)
    elif text in ("today", "now"):
        value = f"{text}()"
    yield _change(member, {"default": value}, "as said")


@intent(
    rf"(?:make|change|turn|convert) (?P<what><X>) (?:into |to |be )?(?:an? )?"
    rf"(?P<type>{'|'.join(_TYPES)})(?: field)?"
)
def retype(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Another type."""
    what = parts["what"].removeprefix("the type of ")
    yield _change(known.member(what), {"type": _TYPES[parts["type"]]}, "as said")


def _bound(known: Known, what: str, key: str, number: str) -> Iterator[Step]:
    member = known.member(what.removeprefix("the length of "))
    value = known.entities[member.entity][member.group][member.name]
    type_ = value if isinstance(value, str) else value.get("type")
    if type_ not in (*_TEXTS, *_NUMBERS, "list"):
        raise Unclear(f"{member.name} of {member.entity} has no length and is no number.", (), what)
    yield _change(member, {key: _number(number)}, "as said")


def _change(member: Member, changes: dict[str, Any], why: str) -> Step:
    kind = member.group[:-1]
    at = {"entity": member.entity, kind: member.name}
    return Step({"edit": f"change_{kind}", **at, "set": changes}, why)


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


INTENTS: tuple[Intent, ...] = (default, limit, bounds, adjective, retype)
