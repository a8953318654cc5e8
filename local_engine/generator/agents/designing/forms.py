"""The forms that a model fills in, one for each step of the design."""

from __future__ import annotations

from functools import cache

from local_engine.generator.agents.designing.shapes import (
    Flag,
    Many,
    Named,
    Text,
    Thing,
    shape_of,
    shape_of_type,
    with_keys,
    with_why,
)
from local_engine.generator.blueprint.model import (
    Access,
    Email,
    Entity,
    Feed,
    Field,
    Job,
    Node,
    Operation,
    Relation,
    Report,
    Rule,
    States,
    Tenancy,
)

GROUP = 6
"""Most entities of one question."""

_NAME = Text(about="Its name.")
_WHY = Text(about="The words of the description that say so, or `assumed`.")
_ROW_ONLY = (
    *("unique", "immutable", "private", "search", "filter", "sort", "check", "derived"),
    *("computed", "copied_from", "never_below", "editable_by", "visible_to", "accept", "max_size"),
)
"""Options of fields that mean nothing for what is given to an operation."""
_INPUTS: dict[type[Node], tuple[str, ...]] = {Field: _ROW_ONLY}
_STRUCTURE = ("plural", "append_only", "part_of", "place", "owner", "sort")
_BEHAVIOUR = ("upsert", "guarded", "limits")
KINDS = ("operation", "report", "feed", "job")
_SECTIONS: dict[str, type[Node]] = {
    "operation": Operation,
    "report": Report,
    "feed": Feed,
    "job": Job,
}


@cache
def outline_form() -> Thing:
    """What there is: entities, roles, further actions, questions."""
    entity = Thing(
        {"name": _NAME, "what": Text(about="What it is, in a few words."), "why": _WHY},
        ("name", "what", "why"),
    )
    role = Thing({"name": _NAME, "why": _WHY}, ("name", "why"))
    action = Thing(
        {
            "name": _NAME,
            "kind": Text(KINDS),
            "what": Text(about="What it does, for whom, in one sentence."),
            "about": Many(Text(), about="The entities that it reads or writes."),
            "why": _WHY,
        },
        ("name", "kind", "what", "about", "why"),
    )
    question = Thing(
        {"text": Text(), "options": Many(Text()), "about": Text(about="An entity, or words.")},
        ("text",),
    )
    return Thing(
        {
            "name": Text(about="What people call the product."),
            "description": Text(about="What it is, in one sentence."),
            "currency": Text(about="ISO 4217, only where the description says it."),
            "time_zone": Text(about="IANA name, only where the description says it."),
            "sign_up": Text(("open", "invite", "closed")),
            "roles": Many(role, about="Roles of the whole system; `admin` always exists."),
            "default_role": Text(about="The role of who registers."),
            "tenancy": shape_of(Tenancy),
            "entities": Many(entity),
            "actions": Many(action, about="Only what writing one row, states or rules cannot do."),
            "questions": Many(question, about="What the description leaves open and matters."),
        },
        ("name", "entities"),
    )


@cache
def structure_form() -> Thing:
    """Fields and relations of a group of entities."""
    field = with_why(with_keys(shape_of(Field), ("name",), name=_NAME))
    relation = with_why(with_keys(shape_of_type(Relation), ("name",), name=_NAME))
    whole = shape_of(Entity)
    keys = {key: whole.keys[key] for key in _STRUCTURE if key in whole.keys}
    entity = Thing(
        {
            "name": _NAME,
            "description": Text(about="What it is, where the name does not say it."),
            **keys,
            "members": whole.keys["members"],
            "fields": Named(field),
            "relations": Named(relation),
            "why": _WHY,
        },
        ("name", "fields", "relations"),
        ("why",),
    )
    return Thing({"entities": Many(entity)}, ("entities",))


@cache
def behaviour_form() -> Thing:
    """Access, rules and states of a group of entities."""
    whole = shape_of(Entity, _INPUTS)
    entity = Thing(
        {
            "name": _NAME,
            "access": with_why(shape_of(Access)),
            "rules": Many(with_why(shape_of_type(Rule))),
            "states": with_why(shape_of(States, _INPUTS)),
            "effects": whole.keys["effects"],
            **{key: whole.keys[key] for key in _BEHAVIOUR},
        },
        ("name", "access"),
    )
    email = with_keys(shape_of(Email), ("name",), name=_NAME)
    return Thing(
        {
            "entities": Many(entity),
            "emails": Named(email, about="Templates that effects send."),
            "webhooks": Many(Text(), about="Names of webhooks that effects call."),
        },
        ("entities",),
    )


@cache
def action_form(kind: str) -> Thing:
    """One operation, report, feed or job."""
    keys = dict(shape_of(_SECTIONS[kind], _INPUTS).keys)
    if "code" in keys:
        keys.pop("code")
        about = (
            "True where effects cannot say what it does: a function is written then; leave effects"
            " and returns out."
        )
        keys["needs_code"] = Flag(about=about)
    definition = Thing(keys)
    email = with_keys(shape_of(Email), ("name",), name=_NAME)
    return Thing(
        {"definition": definition, "emails": Named(email), "why": _WHY}, ("definition", "why")
    )
