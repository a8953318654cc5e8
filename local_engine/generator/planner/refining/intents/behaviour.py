"""`posts can be archived`, `a room can't be booked twice`, `at most 3 loans per member`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import state_name
from local_engine.generator.planner.refining.known import Known, bare
from local_engine.generator.planner.refining.patterns import Intent, intent, listed
from local_engine.generator.planner.refining.results import NotMine, Step, Unclear
from local_engine.generator.planner.tokens import verb_forms

_PERIODS = {"daily": "day", "monthly": "month", "yearly": "year", "annual": "year"}
_REVENUE = ("revenue", "sales", "turnover", "income", "earnings")


@intent(r"(?:an? |the |all )?(?P<what><X>) (?:can|may|should|could) be (?P<state>[a-z]+)")
def state(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A state that rows can be brought into."""
    name = state_name(parts["state"])
    if name not in lexicon().states and not name.endswith(("ed", "en")):
        raise NotMine
    entity = known.entity(parts["what"])
    facts = lexicon().states.get(name, {})
    verb = facts.get("verb") or next(iter(reversed(verb_forms(parts["state"]))))
    present = known.entities[entity].get("states")
    by = _by(known, entity, str(facts.get("by", "both")))
    if present is None:
        transitions = {verb: {"from": "active", "to": name, "by": by}}
        states = {"initial": "active", "transitions": transitions}
        yield Step({"edit": "add_states", "entity": entity, "states": states}, "its first states")
        return
    names = _states(present)
    if name in names:
        raise Unclear(f"{entity} can be {name} already.", (), parts["state"])
    begin = [one for one in names if not lexicon().states.get(one, {}).get("end")]
    definition = {"from": begin if len(begin) > 1 else begin[0], "to": name, "by": by}
    edit = {"edit": "add_transition", "entity": entity, "transition": verb}
    yield Step({**edit, "definition": definition}, "from every state that is no end")


@intent(
    r"(?:an? |the |no |same )?(?P<what><X>) (?:(?:can't|cannot|can not|may not|must not|can never)"
    r" be|can be|may be) ?(?:double[- ]?booked|(?:booked|reserved|rented|taken) twice)"
    r"(?: (?:at|for|in) .+)?"
)
def no_overlap(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The intervals of rows for the same thing do not overlap."""
    thing = known.entity(parts["what"])
    found = [
        (name, way, interval)
        for name, data in known.entities.items()
        for way, relation in data.get("relations", {}).items()
        if relation.get("to") == thing and (interval := _interval(data)) is not None
    ]
    if not found:
        text = f"Nothing that leads to {thing} has a beginning and an end."
        raise Unclear(f"{text} What books it?", (), parts["what"])
    if len(found) > 1:
        raise Unclear(f"What must not overlap for a {thing}?", tuple(one for one, _, _ in found),
                      parts["what"])  # fmt: skip
    entity, way, interval = found[0]
    rule: dict[str, Any] = {"no_overlap": interval, "per": way}
    states = known.entities[entity].get("states")
    if states is not None and "cancelled" in _states(states):
        rule["unless"] = f"{states.get('field', 'status')} == 'cancelled'"
    why = f"two {entity} rows of one {way} do not overlap"
    yield Step({"edit": "add_rule", "entity": entity, "rule": rule}, why)


@intent(
    r"(?:there (?:may|can|must) be )?(?:at most|no more than|a maximum of|max(?:imum)?) (?P<n>\d+)"
    r" (?P<what><X>) (?:per|for each|for every) (?P<per><X>)"
)
def at_most(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A greatest number of rows for each other row."""
    entity = known.entity(parts["what"])
    way = _way(known, entity, parts["per"])
    rule = {"at_most": int(parts["n"]), "per": way}
    yield Step({"edit": "add_rule", "entity": entity, "rule": rule}, "a greatest number, as said")


@intent(r"(?:only |just )?(?:one|a single|1) (?P<what><X>) (?:per|for each|for every) (?P<per><X>)")
def one_per(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """No two rows agree in these."""
    entity = known.entity(parts["what"])
    ways = [_way(known, entity, word) for word in listed(parts["per"])]
    rule = {"unique": ways}
    yield Step({"edit": "add_rule", "entity": entity, "rule": rule}, "one for each, as said")


@intent(r"(?P<what><X>) <MUST> unique (?:per|within|in each|for each) (?P<per><X>)")
def unique_per(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A value that only one row of a parent has."""
    member = known.member(parts["what"])
    way = _way(known, member.entity, parts["per"])
    rule = {"unique": [way, member.name]}
    yield Step({"edit": "add_rule", "entity": member.entity, "rule": rule}, "unique within it")


@intent(
    r"(?P<what><X>) (?:can|may|must|should|could)? ?(?:never|not) (?:be |become |go |get |fall )?"
    r"(?:negative|below zero|below 0|under zero)"
)
def never_negative(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A number that stays at zero or above."""
    member = known.member(parts["what"])
    value = known.entities[member.entity][member.group][member.name]
    derived = isinstance(value, dict) and "derived" in value
    option = "never_below" if derived else "min"
    at = {"entity": member.entity, "field": member.name}
    yield Step({"edit": "change_field", **at, "set": {option: 0}}, "zero is the least")


@intent(
    r"(?:add |show |create )?(?:an? |the )?(?P<period>daily|monthly|yearly|annual)"
    r" (?:report|summary|overview|statistics?)s? (?:of|about|on|for) (?:the )?(?P<what><X>)"
)
def report(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Sums or counts by day, month or year."""
    function = _PERIODS[parts["period"]]
    entity, field = _summed(known, bare(parts["what"]))
    when = _when(known.entities[entity])
    what: dict[str, Any] = {"sum": field} if field else {"count": True}
    definition = {"of": entity, **what, "per": f"{function}({when})", "period": when, "by": "admin"}
    name = f"{parts['period']}_{'_'.join(bare(parts['what']).split())}"
    why = f"{'the sum of ' + field if field else 'how many'} by {function}"
    yield Step({"edit": "add_report", "name": name, "definition": definition}, why)


@intent(
    r"(?:only (?:invited|those who are invited) (?:people|users) (?:may|can)"
    r" (?:sign up|register|join)"
    r"|(?:make )?sign[- ]?up (?:by )?invit(?:e|ation)(?: only)?)"
)
def invite(_known: Known, _parts: dict[str, str]) -> Iterator[Step]:
    """Accounts by invitation."""
    yield Step({"edit": "set_accounts", "sign_up": "invite"}, "only who is invited")


@intent(r"(?:close|disable|turn off|no) (?:the )?(?:sign[- ]?ups?|registrations?)")
def close(known: Known, _parts: dict[str, str]) -> Iterator[Step]:
    """No new accounts by request."""
    edit: dict[str, Any] = {"edit": "set_accounts", "sign_up": "closed"}
    if known.data.get("accounts", {}).get("default_role") is not None:
        edit["default_role"] = ""
    yield Step(edit, "nobody registers, so there is no role for who does")


def _states(states: dict[str, Any]) -> list[str]:
    names = [states["initial"]]
    for transition in states.get("transitions", {}).values():
        begins = transition["from"]
        names += begins if isinstance(begins, list) else [begins]
        names.append(transition["to"])
    return [name for name in dict.fromkeys(names) if name != "any"]


def _by(known: Known, entity: str, usual: str) -> Any:
    """Who moves rows: whoever may change them."""
    access = known.entities[entity].get("access", {})
    actors = access.get("update") or access.get("delete")
    if actors in (None, "nobody"):
        return "owner" if usual == "owner" and known.entities[entity].get("owner") else "admin"
    return actors


def _interval(data: dict[str, Any]) -> list[str] | None:
    """The two fields that say from when to when."""
    kinds: dict[str, list[str]] = {"date": [], "datetime": []}
    for name, field in data.get("fields", {}).items():
        type_ = field if isinstance(field, str) else field["type"]
        plain = isinstance(field, str) or not (field.get("optional") or "derived" in field)
        if type_ in kinds and plain:
            kinds[type_].append(name)
    return next((names for names in kinds.values() if len(names) == 2), None)


def _way(known: Known, entity: str, text: str) -> str:
    """The relation of an entity that words name: by name, by target, or the owner."""
    member = None
    if known.actor(entity, text) == "authenticated" or text in ("user", "person"):
        owner = known.entities[entity].get("owner")
        if owner is not None:
            return str(owner)
    member = known.find_member(entity, text)
    if member is None or member.group != "relations":
        ways = tuple(known.entities[entity].get("relations", {}))
        raise Unclear(f"How does a {entity} belong to a “{bare(text)}”?", ways, text)
    return member.name


def _summed(known: Known, what: str) -> tuple[str, str | None]:
    """The entity of a report, and the number that is summed up (None: rows are counted)."""
    entity = known.find_entity(what)
    if entity is not None:
        return entity, None
    if what in _REVENUE:
        found = [
            (name, field)
            for name, data in known.entities.items()
            for field, value in data.get("fields", {}).items()
            if isinstance(value, dict) and value["type"] == "money" and _is_kept(data, value)
        ]
        totals = [one for one in found if one[1] == "total"] or found
        if len(totals) == 1:
            return totals[0]
        options = tuple(f"{field} of {name}" for name, field in totals)
        raise Unclear(f"Which amounts are the {what}?", options, what)
    member = known.member(what)
    return member.entity, member.name


def _is_kept(data: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether a money field is an amount that happened, and not a price that is offered."""
    return "part_of" not in data and ("derived" in value or "states" in data or "owner" in data)


def _when(data: dict[str, Any]) -> str:
    for name, field in data.get("fields", {}).items():
        type_ = field if isinstance(field, str) else field["type"]
        optional = isinstance(field, dict) and field.get("optional")
        if type_ == "datetime" and not optional and name.startswith("paid"):
            return str(name)
    return "created_at"


INTENTS: tuple[Intent, ...] = (
    no_overlap, unique_per, one_per, at_most, never_negative, report, invite, close, state,
)  # fmt: skip
