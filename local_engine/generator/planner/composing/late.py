"""Phrases that are rules over things whose fields and relations are settled."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.composing import stock
from local_engine.generator.planner.composing.relations import reference_to
from local_engine.generator.planner.composing.states import said_states
from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import field_name, snake
from local_engine.generator.planner.reading.phrases import Phrase
from local_engine.generator.planner.tokens import singular


def add_rule(draft: Draft, thing: Thing, rule: dict[str, Any], phrase: Phrase) -> None:
    """Adds a rule unless it is there already."""
    kind = next(iter(rule))
    if not any(known.get(kind) == rule[kind] for known in thing.rules):
        thing.rules.append(rule)
    draft.decide(f"entities.{thing.name}.rules", kind, phrase.span)


def _activities(draft: Draft) -> list[Thing]:
    return [t for t in draft.things.values() if t.kind == "activity" and not t.finished]


def _interval_of(thing: Thing) -> tuple[str, str] | None:
    for start, end in (
        ("starts_at", "ends_at"),
        ("from_date", "to_date"),
        ("starts_on", "ends_on"),
    ):
        if start in thing.fields and end in thing.fields:
            return start, end
    return None


def _no_overlap(draft: Draft, phrase: Phrase) -> bool:
    named = [draft.lookup(phrase.parts[k]) for k in ("things", "what") if phrase.parts.get(k)]
    things = [t for t in named if t is not None and _interval_of(t)]
    things += [t for t in _activities(draft) if _interval_of(t)]
    things += [t for t in draft.things.values() if _interval_of(t) and not t.finished]
    if not things:
        return _taken_once(draft, phrase)
    thing = things[0]
    resources = [t for t in named if t is not None and t is not thing]
    per = next((n for t in resources if (n := reference_to(thing, t))), None)
    per = per or _resource(draft, thing)
    interval = _interval_of(thing)
    assert interval is not None
    rule: dict[str, Any] = {"no_overlap": list(interval)}
    if per:
        rule["per"] = per
        rule["message"] = f"The {per.replace('_', ' ')} is taken at that time"
    if _has_state(thing, "cancelled"):
        rule["unless"] = "status == 'cancelled'"
    add_rule(draft, thing, rule, phrase)
    return True


def _taken_once(draft: Draft, phrase: Phrase) -> bool:
    """What has no times may still be taken by one at a time: a book that is lent."""
    for thing in _activities(draft):
        if any("unique" in rule and "where" in rule for rule in thing.rules):
            draft.decide(f"entities.{thing.name}.rules", "unique", phrase.span)
            return True
    return False


def _has_state(thing: Thing, state: str) -> bool:
    return bool(thing.states) and any(
        t["to"] == state for t in (thing.states or {})["transitions"].values()
    )


def _resource(draft: Draft, thing: Thing) -> str | None:
    for name, relation in thing.relations.items():
        target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
        if target is not None and target.kind == "catalogue":
            return name
    return None


def _once(draft: Draft, phrase: Phrase) -> bool:
    near = draft.near(phrase.span[0])
    target = draft.lookup(phrase.parts["a"]) if phrase.parts.get("a") else None
    candidates = [*([near] if near else []), *reversed(_activities(draft))]
    for thing in candidates:
        name = reference_to(thing, target)
        if thing.owner and target is not None and name:
            add_rule(draft, thing, {"unique": [thing.owner, name]}, phrase)
            return True
        if thing.owner and target is None and thing.targets:
            other = reference_to(thing, draft.things.get(thing.targets[0]))
            if other:
                add_rule(draft, thing, {"unique": [thing.owner, other]}, phrase)
                return True
    return False


def _capacity(draft: Draft, phrase: Phrase) -> bool:
    place = draft.near(phrase.span[0])
    if phrase.parts.get("per"):
        place = draft.lookup(phrase.parts["per"]) or place
    if place is None:
        return False
    words = [phrase.parts.get(key) for key in ("field", "field2", "field3")]
    name = field_name(next(word for word in words if word))
    comers = [t for t in draft.things.values() if t is not place and reference_to(t, place)]
    comers = [t for t in comers if t.kind == "activity"] or comers
    if place.kind == "activity" or not comers:
        other = next((draft.things[k] for k in place.targets if k in draft.things), None)
        if other is not None:
            comers, place = [place], other
    number = phrase.parts.get("number")
    limit = number
    if number is None:
        if name in ("people", "participants", "attendees", "students", "members", "guests"):
            name = "capacity"
        place.fields[name] = {"type": "integer", "min": 1, "max": 10000}
        draft.decide(f"entities.{place.name}.fields.{name}", "integer", phrase.span)
    if not comers:
        return number is None
    comer = comers[0]
    relation = reference_to(comer, place)
    assert relation is not None
    comer.relations[relation]["immutable"] = True
    if number is None:
        _count(draft, place, comer)
    rule: dict[str, Any] = {"at_most": limit or f"{relation}.{name}", "per": relation}
    if _has_state(comer, "cancelled"):
        rule["where"] = "status != 'cancelled'"
    rule["message"] = f"The {relation.replace('_', ' ')} is full"
    add_rule(draft, comer, rule, phrase)
    return True


def _limit_each(draft: Draft, phrase: Phrase) -> bool:
    """At most 5 loans per member, at a time where they end."""
    thing = draft.lookup(phrase.parts["things"])
    per = phrase.parts["per"]
    if thing is None or thing.finished:
        return False
    name = reference_to(thing, draft.lookup(per))
    if name is None and lexicon().is_person(singular(per)):
        name = thing.owner
    if name is None:
        return False
    rule: dict[str, Any] = {"at_most": int(phrase.parts["number"]), "per": name}
    active = thing.facts.get("one_active")
    if active and thing.states:
        rule["where"] = f"status == '{active}'"
    elif _has_state(thing, "cancelled"):
        rule["where"] = "status != 'cancelled'"
    add_rule(draft, thing, rule, phrase)
    return True


def _sold_out(draft: Draft, phrase: Phrase) -> bool:
    """No more tickets than there are of their type."""
    thing = draft.lookup(phrase.parts["what"])
    for name, relation in thing.relations.items() if thing else ():
        target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
        limits = [n for n in ("quantity", "capacity", "places") if target and n in target.fields]
        if limits and thing is not None:
            relation["immutable"] = True
            rule = {"at_most": f"{name}.{limits[0]}", "per": name, "message": "Sold out"}
            if _has_state(thing, "cancelled"):
                rule["where"] = "status != 'cancelled'"
            add_rule(draft, thing, rule, phrase)
            return True
    return False


def _period_of_loan(draft: Draft, phrase: Phrase) -> bool:
    """For 14 days: when what is lent is due."""
    for thing in draft.things.values():
        facts = thing.fields.get("due_on", {})
        if str(facts.get("default", "")).startswith("today() + days("):
            days = int(phrase.parts["number"]) * (7 if "week" in phrase.parts["unit"] else 1)
            facts["default"] = f"today() + days({days})"
            draft.decide(f"entities.{thing.name}.fields.due_on", f"{days} days", phrase.span)
            return True
    return False


def _count(draft: Draft, place: Thing, comer: Thing) -> None:
    """How many have come so far."""
    relation = next((n for n, r in place.relations.items() if r.get("many") == comer.name), None)
    if relation is None:
        relation = plural(snake_case(comer.name))
        place.relations[relation] = {"many": comer.name}
    name = f"{snake_case(comer.name)}_count"
    place.fields[name] = {"type": "integer", "derived": f"count({relation})"}
    draft.decide(
        f"entities.{place.name}.fields.{name}", "derived", None, "to compare with the limit"
    )


def _never_negative(draft: Draft, phrase: Phrase) -> bool:
    words = list(reversed(phrase.parts["what"].split()))
    for word in words:
        for thing in draft.things.values():
            facts = thing.fields.get(field_name(singular(word))) or thing.fields.get(word)
            if facts is None:
                continue
            if "derived" not in facts:
                facts.setdefault("min", 0)
            elif any("never_below" in f for t in draft.things.values() for f in t.fields.values()):
                pass
            else:
                facts["never_below"] = 0
            draft.decide(f"entities.{thing.name}.fields.{word}", "never negative", phrase.span)
            return True
    return False


def _append_only(draft: Draft, phrase: Phrase) -> bool:
    ledgers = [t for t in draft.things.values() if t.extra.get("append_only")]
    said = phrase.parts["what"]
    thing = draft.lookup(said)
    if thing is None or thing.extra.get("append_only"):
        words = {singular(word) for word in said.split()}
        if ledgers and words & {"ledger", "transaction", "entry", "history", "movement"}:
            for each in ledgers:
                draft.decide(f"entities.{each.name}.append_only", "true", phrase.span)
            return True
        return False
    if thing.finished:
        return False
    thing.extra["append_only"] = True
    thing.flags["append_only"] = True
    draft.decide(f"entities.{thing.name}.append_only", "true", phrase.span)
    return True


def _own(draft: Draft, phrase: Phrase) -> bool:
    near = draft.near(phrase.span[0])
    candidates = [*([near] if near else []), *reversed(_activities(draft))]
    for thing in candidates:
        for name, relation in thing.relations.items():
            target = next((t for t in draft.things.values() if t.name == relation.get("to")), None)
            if thing.owner and target is not None and target is not thing and target.owner:
                rule = {
                    "check": f"{name}.{target.owner} != {thing.owner}",
                    "message": f"Not with your own {name.replace('_', ' ')}",
                }
                add_rule(draft, thing, rule, phrase)
                return True
    return False


def _only(draft: Draft, phrase: Phrase) -> bool:
    """Only the author edits a post: what access says already, or a role's right."""
    thing = draft.lookup(phrase.parts.get("what", "")) or draft.near(phrase.span[0])
    if thing is None:
        return False
    who = singular(phrase.parts["who"].split()[0])
    verb = phrase.parts["verb"]
    acts = {
        "edit": "edit",
        "change": "edit",
        "update": "edit",
        "modify": "edit",
        "delete": "delete",
        "remove": "delete",
        "see": "read",
        "read": "read",
        "view": "read",
    }
    act = acts.get(verb, "manage" if verb in ("manage", "approve") else "create")
    if thing.owner and who in (thing.owner, "owner", "creator", "author", singular(thing.owner)):
        draft.decide(f"entities.{thing.name}.access", f"only the owner may {verb}", phrase.span)
        if act == "read":
            thing.flags["private"] = True
        return True
    if not lexicon().is_person(who):
        return False
    role = draft.role(who, phrase.span, draft.product_key)
    said = thing.people.setdefault(act, [])
    if act in ("create", "manage"):
        said.clear()
    said.append(role)
    thing.flags.setdefault("only", {})[act] = role
    draft.decide(f"entities.{thing.name}.access", f"only {role} may {verb}", phrase.span)
    return True


def _range(draft: Draft, phrase: Phrase) -> bool:
    """A rating from 1 to 5: the limits of the number named last before it."""
    before = draft.text[max(0, phrase.span[0] - 60) : phrase.span[0]].lower().split()
    low, high = phrase.parts.get("low", "1"), phrase.parts["high"]
    for word in reversed(before):
        name = field_name(singular(word.strip(",;:()")))
        for thing in reversed(list(draft.things.values())):
            facts = thing.fields.get(name)
            if facts is not None and facts["type"] in ("integer", "decimal", "money"):
                _limit(facts, low, high)
                draft.decide(
                    f"entities.{thing.name}.fields.{name}", f"{low} to {high}", phrase.span
                )
                return True
    review = draft.find("review")
    if review is not None and "rating" in review.fields:
        _limit(review.fields["rating"], low, high)
        draft.decide(f"entities.{review.name}.fields.rating", f"{low} to {high}", phrase.span)
        return True
    return False


def _limit(facts: dict[str, Any], low: str, high: str) -> None:
    fraction = "." in low + high
    if fraction and facts["type"] == "integer":
        facts["type"] = "decimal"
    if facts["type"] == "decimal":
        places = max(len(text.partition(".")[2]) for text in (low, high))
        facts["places"] = max(places, 1) if fraction else facts.get("places", 2)
        facts["min"], facts["max"] = Decimal(low), Decimal(high)
    else:
        facts["min"], facts["max"] = int(low), int(high)


def _states(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.lookup(phrase.parts["what"]) if "what" in phrase.parts else None
    thing = thing or draft.near(phrase.span[0])
    if thing is None or thing.part_of or (thing.finished and thing.key != "order"):
        return False
    words = phrase.parts["list"]
    if phrase.kind == "states_of" and not _are_states(words):
        return False
    order = thing.key == "order" and thing.finished
    if order:
        return all(_known_in(thing, word) for word in words.replace(" or ", ",").split(","))
    first = snake(words.split(",")[0].split(" ")[0])
    if thing.facts.get("editable_in") != first:
        thing.rules = [rule for rule in thing.rules if "editable_while" not in rule]
    return said_states(draft, thing, words, phrase.span)


def _known_in(thing: Thing, word: str) -> bool:
    state = snake(word.replace("and ", ""))
    return state in str(thing.states) or state in ("pending", "new", "open")


def _are_states(text: str) -> bool:
    words = [snake(w.strip()) for w in text.replace(" or ", ",").replace(" and ", ",").split(",")]
    words = [word for word in words if word != "item"]
    known = lexicon().states
    return len(words) > 1 and sum(w in known or w.endswith("ed") for w in words) >= len(words) - 1


LATE: dict[str, Callable[[Draft, Phrase], bool]] = {
    "states": _states,
    "states_of": _states,
    "range": _range,
    "bought": stock.bought,
    "no_overlap": _no_overlap,
    "once": _once,
    "capacity": _capacity,
    "limit_each": _limit_each,
    "sold_out": _sold_out,
    "loan_period": _period_of_loan,
    "never_negative": _never_negative,
    "append_only": _append_only,
    "own": _own,
    "only": _only,
    "takes_stock": stock.taken_or_given_back,
    "gives_back": stock.taken_or_given_back,
    "receipt_books_stock": stock.received,
}
