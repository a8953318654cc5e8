"""Phrases that ask for more than stored rows: e-mails, reports, feeds, search, counted values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.composing.access import staff_of
from local_engine.generator.planner.composing.relations import reference_to
from local_engine.generator.planner.draft import Draft, Thing
from local_engine.generator.planner.events import OperationFound
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import field_name, snake
from local_engine.generator.planner.reading.phrases import Phrase
from local_engine.generator.planner.tokens import singular, verb_forms


def _email(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.lookup(phrase.parts["what"])
    if thing is None or (thing.part_of and draft.tenant is None):
        return False
    verb = next(
        (f for f in verb_forms(phrase.parts["verb"]) if f in lexicon().verbs), phrase.parts["verb"]
    )
    label = next((n for n in ("title", "name", "subject") if n in thing.fields), None)
    what = f"{thing.key}_{snake(phrase.parts['verb'])}"[:40]
    person = next(
        (n for n, r in thing.relations.items() if r.get("to") == "User" and n == "assignee"), None
    )
    person = person if person and verb == "assign" else (thing.owner or person)
    if person is None:
        return False
    shown = f"{{{label}}}" if label else thing.name
    noun = thing.key.replace("_", " ")
    event: dict[str, Any] = {"email": what, "to": f"{person}.email"}
    if verb == "assign":
        event = {"on": person, **event}
        if thing.relations[person].get("optional"):
            event = {"on": person, "if": f"{person} is not None", **event}
        subject = f"You have a new {noun}: {shown}"
        text = f"The {noun} {shown} was assigned to you."
    elif _add_to_transition(thing, verb, event):
        subject = text = f"The {noun} {shown} was {phrase.parts['verb']}."
        event = {}
    elif verb in ("create", "add", "post", "publish", "submit", "place", "book"):
        event = {"on": "create", **event}
        subject = text = f"The {noun} {shown} was {phrase.parts['verb']}."
    else:
        return False
    if event:
        thing.extra.setdefault("effects", []).append(event)
    draft.emails[what] = {"subject": subject, "text": text}
    draft.decide(f"emails.{what}", "e-mail", phrase.span)
    return True


def _add_to_transition(thing: Thing, verb: str, event: dict[str, Any]) -> bool:
    transitions = (thing.states or {}).get("transitions", {})
    if verb not in transitions:
        return False
    transitions[verb].setdefault("effects", []).append(dict(event))
    return True


def _report(draft: Draft, phrase: Phrase) -> bool:
    """Monthly report of won value: sums a number, perhaps of the rows in a state."""
    words = [singular(word) for word in phrase.parts["what"].split()]
    period = {"daily": "day", "monthly": "month"}.get(phrase.parts["period"], "month")
    for thing in draft.things.values():
        name = next((w for w in words if w in thing.fields), None)
        counted = draft.lookup(phrase.parts["what"]) is thing
        number = name and thing.fields[name]["type"] in ("integer", "decimal", "money")
        if not number and not counted:
            continue
        states = str(thing.states or "")
        state = next((w for w in words if f"'{w}'" in states), None)
        when = f"{state}_at" if state and f"{state}_at" in thing.fields else None
        when = when or next(
            (n for n, f in thing.fields.items() if f["type"] in ("date", "datetime")), "created_at"
        )
        report: dict[str, Any] = {"of": thing.name}
        if state:
            report["where"] = f"status == '{state}'"
        if thing.fields.get(when, {}).get("optional"):
            guard = f"{when} is not None"
            report["where"] = f"{report['where']} and {guard}" if state else guard
        report |= {"sum": name} if number else {"count": True}
        report |= {"per": [f"{period}({when})"], "period": when, "by": _readers(draft)}
        title = snake("_".join(words))
        draft.reports[title] = report
        draft.emit(OperationFound(f"reports.{title}", title))
        draft.decide(f"reports.{title}", "report", phrase.span)
        return True
    return False


def _readers(draft: Draft) -> Any:
    if draft.tenant:
        return "member"
    roles = list(dict.fromkeys(draft.roles.values())) if draft.product.get("team") else []
    roles = roles or [r for r in staff_of(draft) if r != "admin"] or ["authenticated"]
    return roles[0] if len(roles) == 1 else roles


def _feed(draft: Draft, phrase: Phrase) -> bool:
    """List items below reorder level."""
    thing = draft.lookup(phrase.parts["what"])
    limit = field_name("_".join(phrase.parts["field"].split()))
    if thing is None or limit not in thing.fields:
        return False
    numbers = [n for n in ("quantity", "stock", "amount", "balance") if n in thing.fields]
    if not numbers:
        return False
    sign = "<" if phrase.parts["op"] in ("below", "under") else ">"
    title = snake(f"{phrase.parts['what']}_{phrase.parts['op']}_{limit}")
    feed: dict[str, Any] = {"of": thing.name, "where": f"{numbers[0]} {sign} {limit}"}
    sort = next((n for n, f in thing.fields.items() if f.get("sort")), None)
    if sort:
        feed["sort"] = [sort]
    feed["by"] = _readers(draft)
    draft.feeds[title] = feed
    draft.emit(OperationFound(f"feeds.{title}", title))
    draft.decide(f"feeds.{title}", "feed", phrase.span)
    return True


def _search(draft: Draft, phrase: Phrase) -> bool:
    thing = draft.lookup(phrase.parts.get("what", ""))
    chosen = (
        [thing]
        if thing
        else [
            t
            for t in draft.things.values()
            if t.kind in ("content", "catalogue", "record", "personal")
        ]
    )
    for each in chosen:
        for name in ("title", "name", "body", "description"):
            facts = each.fields.get(name)
            if facts is not None and facts["type"] in ("string", "text", "slug"):
                facts["search"] = True
                draft.decide(f"entities.{each.name}.fields.{name}", "searchable", phrase.span)
    return bool(chosen)


def _derived(draft: Draft, phrase: Phrase) -> bool:
    """A score, a number of comments, an average rating: worked out from other rows."""
    how = phrase.parts["how"]
    noun = "review" if how == "average rating" else phrase.parts.get("what", "vote")
    child = draft.lookup(noun)
    if child is None:
        return False
    for target in draft.things.values():
        if (
            target is child
            or not reference_to(child, target)
            or target.kind not in ("content", "catalogue", "personal")
        ):
            continue
        relation = next(
            (n for n, r in target.relations.items() if r.get("many") == child.name), None
        )
        if relation is None:
            relation = plural(snake_case(child.name))
            target.relations[relation] = {"many": child.name}
        name = (
            "score"
            if how == "score"
            else ("rating" if how == "average rating" else f"{child.key}_count")
        )
        value = f"sum({relation}.value)" if "value" in child.fields else f"count({relation})"
        facts: dict[str, Any] = {"type": "integer", "derived": value, "sort": True}
        if how == "average rating":
            facts = {
                "type": "decimal",
                "places": 2,
                "derived": f"avg({relation}.rating)",
                "sort": True,
            }
        target.fields[name] = facts
        draft.decide(f"entities.{target.name}.fields.{name}", facts["derived"], phrase.span)
        return True
    return False


OUTPUTS: dict[str, Callable[[Draft, Phrase], bool]] = {
    "email": _email,
    "report": _report,
    "feed": _feed,
    "search": _search,
    "derived": _derived,
}
