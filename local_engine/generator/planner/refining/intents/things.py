"""`add tags to posts`, `add a due date to todos`, `users can comment on recipes`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from local_engine.generator.blueprint.expressions import parse
from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.lexicon import Concept, lexicon, named_field
from local_engine.generator.planner.naming import entity_name, field_name
from local_engine.generator.planner.planning import plan
from local_engine.generator.planner.reading.nouns import NounPhrase, noun_phrase
from local_engine.generator.planner.refining.intents.access import actors_of, also
from local_engine.generator.planner.refining.known import Known
from local_engine.generator.planner.refining.patterns import Intent, intent, listed
from local_engine.generator.planner.refining.results import NotMine, Step, Unclear
from local_engine.generator.planner.results import PlanningError
from local_engine.generator.planner.tokens import tokenise, verb_forms

_TYPED = re.compile(
    r"(?P<type>boolean|integer|text|string|date|datetime|money|decimal|url|email|json|file)"
    r" (?:field |column )?(?:called |named )?(?P<name>[a-z][a-z0-9_ ]*)"
)
_ACTORS = ("public", "authenticated", "owner", "admin", "nobody")
_WORDS = ("public", "authenticated", "admin", "nobody", "member")
_PEOPLE = ("assignee", "reviewer", "approver", "responsible", "reporter")


@intent(r"<ADD> (?P<what><X>) to (?:the |each |every |all )?(?P<entity><X>)")
def add_to(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """Fields, relations, links or parts of an entity that is there."""
    if known.is_account(parts["entity"]):
        if "User" not in known.entities:
            known.entities["User"] = {}
            yield Step({"edit": "add_entity", "entity": "User", "definition": {}}, "own fields")
        entity = "User"
    else:
        entity = known.entity(parts["entity"])
    for word in listed(parts["what"]):
        yield from _attribute(known, entity, word)


@intent(r"give (?P<entity><X>) (?P<what>(?:an?|the|some|optional|unique) .+)")
def give(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The same with the entity first."""
    yield from add_to.maker(known, parts)


@intent(
    r"(?:each |every |an? |the |all )?(?P<entity><X>) (?:should |must |can |may |will )?"
    r"(?:have|has|needs?|gets?) (?P<what>(?:an?|the|some|many|several|optional|unique) .+|tags?)"
)
def have(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """The same as a statement."""
    yield from add_to.maker(known, parts)


@intent(
    r"(?P<who><X>) <MAY> (?:also )?(?P<verb>[a-z]+)(?: (?:on|in|for|to|at))?"
    r" (?:their |the |an? |any |all |other )*(?P<entity>[a-z][a-z -]*)"
)
def engage(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """People do something with rows that leaves a row of its own: comment, review, like."""
    verbs = lexicon().verbs
    verb = next((verbs[form] for form in verb_forms(parts["verb"]) if form in verbs), None)
    if verb is None or verb.act != "engage":
        raise NotMine
    entity = known.entity(parts["entity"])
    present = known.find_entity(verb.noun)
    if present is None:
        actors = yield from actors_of(known, entity, parts["who"])
        text = f"users can {verb.infinitive} {{}}"
        yield from _planned(known, entity, text, verb.noun, create=actors)
        return
    relations = known.entities[present].get("relations", {})
    if not any(relation.get("to") == entity for relation in relations.values()):
        text = f"There is {present} already, but not for {entity}. How do they belong together?"
        raise Unclear(text, (), parts["verb"])
    yield from also(known, parts["who"], ["create"], present)


@intent(
    r"<ADD> (?:an? |the )?(?:new )?(?:entity |entities |table |resource )?(?:called |named |for )?"
    r"(?P<what><X>)(?: (?P<with>with .+))?"
)
def add_entity(known: Known, parts: dict[str, str]) -> Iterator[Step]:
    """A new entity, planned as in a prompt of its own."""
    word = parts["what"]
    phrase = _phrase(word)
    if known.find_entity(word) is not None:
        raise Unclear(f"There is {known.find_entity(word)} already.", (), word)
    name = entity_name(phrase.key)
    planned = _plan(f"{_spoken(plural(phrase.key))} {parts.get('with', '')}".strip(), word)
    if name not in planned:
        raise Unclear(f"What should “{word}” be: an entity of its own, or part of one?",
                      tuple(known.entities), word)  # fmt: skip
    for new, definition in planned.items():
        if new not in known.entities and new != "User":
            fitted = _fitted(
                known, definition, {"User": "User", **dict(zip(planned, planned, strict=True))}
            )
            if known.roles and "owner" not in fitted and "access" in fitted:
                staff = _staff(known)
                fitted["access"] |= dict.fromkeys(("create", "update", "delete"), staff)
            edit = {"edit": "add_entity", "entity": new, "definition": fitted}
            yield Step(edit, "planned as in a prompt of its own")


def _phrase(text: str) -> NounPhrase:
    tokens = tokenise(text)
    phrase = noun_phrase(tokens, 0)
    if phrase is None or phrase.end < len(tokens):
        raise Unclear(f"What should “{text}” mean for the backend?", (), text)
    return phrase


def _attribute(known: Known, entity: str, text: str) -> Iterator[Step]:
    typed = _TYPED.fullmatch(re.sub(r"^(?:an? |the |optional |new )+", "", text))
    if typed is not None:
        name = field_name(typed["name"])
        yield _field(entity, name, {"type": typed["type"]}, False, "the type is said")
        return
    phrase = _phrase(re.sub(r"^(?:an? |the )?(?:new )?field (?:called |named )?", "", text))
    if known.find_member(entity, phrase.key.replace("_", " ")) is not None:
        raise Unclear(f"{entity} has {phrase.key} already. What should change?", (), text)
    if phrase.head in _PEOPLE:
        definition = {"to": "User", "optional": True}
        name = field_name(phrase.key)
        edit = {"edit": "add_relation", "entity": entity, "relation": name}
        yield Step({**edit, "definition": definition}, "a user, perhaps none")
    elif phrase.field is not None and not (phrase.plural and phrase.concept):
        required = bool(phrase.adjectives & {"required", "mandatory"})
        facts = dict(phrase.field.facts)
        if "unique" in phrase.adjectives:
            facts["unique"] = True
        yield _field(entity, phrase.field.name, facts, required, f"type {facts['type']}, as usual")
    elif phrase.concept is not None or known.find_entity(phrase.key) is not None:
        yield from _related(known, entity, phrase)
    else:
        raise Unclear(
            f"What kind of value is “{phrase.key.replace('_', ' ')}” of {entity}?",
            ("text", "number", "date", "yes or no"),
            text,
        )


def _field(entity: str, name: str, facts: dict[str, Any], required: bool, why: str) -> Step:
    """A field that old rows can do without, unless it is said to be required."""
    if not required and "default" not in facts:
        facts = {**facts, "optional": True}
        why += "; optional, because old rows have none"
    edit = {"edit": "add_field", "entity": entity, "field": name, "definition": facts}
    return Step(edit, why)


def _related(known: Known, entity: str, phrase: NounPhrase) -> Iterator[Step]:
    """Tags are linked, one thing is referred to, many things are rows of their own."""
    present = known.find_entity(phrase.key)
    kind = phrase.concept.facts.get("kind") if phrase.concept else "record"
    if not phrase.plural or kind == "tag" or (present is not None and kind == "catalogue"):
        target = present or entity_name(phrase.concept.name if phrase.concept else phrase.key)
        if present is None:
            yield _new(known, entity, target, phrase)
        one = snake_case(target)
        edit: dict[str, Any] = {"edit": "add_relation", "entity": entity}
        if phrase.plural:
            edit |= {"relation": plural(one), "definition": {"links": target}}
            yield Step(edit, "many of them with many others")
        else:
            definition = {"to": target, "optional": True, "on_delete": "set null"}
            edit |= {"relation": one, "definition": definition}
            yield Step(edit, "one of them, perhaps none")
        return
    if present is not None:
        ways = (f"a {present} belongs to a {entity}", "many to many")
        raise Unclear(f"How do {present} and {entity} belong together?", ways, phrase.key)
    yield from _planned(known, entity, f"{{}} with {_spoken(plural(phrase.key))}", phrase.key)


def _new(known: Known, entity: str, name: str, phrase: NounPhrase) -> Step:
    facts = phrase.concept.facts if phrase.concept else {}
    tag = facts.get("kind") == "tag"
    kept = {"type": "slug", "max": 40} if tag else {"type": "string", "max": 80}
    fields = {"name": {**kept, "unique": True, "search": True}}
    others = known.entities[entity].get("access", {})
    reader = "public" if "public" in _listed(others.get("list")) else "authenticated"
    access: dict[str, Any] = {"list": reader, "read": reader}
    access |= dict.fromkeys(("create", "update", "delete"), _staff(known))
    creators = others.get("create")
    if tag and all(one in (*known.roles, *_ACTORS[1:]) for one in _listed(creators)):
        access["create"] = "authenticated" if creators == "owner" else creators
    if "tenancy" in known.data:
        access = dict.fromkeys(("list", "read", "create", "update", "delete"), "member")
    definition = {"fields": fields, "access": access}
    edit = {"edit": "add_entity", "entity": name, "definition": definition}
    return Step(edit, f"there is no {name} yet")


def _staff(known: Known) -> Any:
    """Who keeps lists that everybody uses: whoever creates what is public, or the admin."""
    for data in known.entities.values():
        access = data.get("access", {})
        creators = access.get("create")
        staff = all(word in (*known.roles, "admin") for word in _listed(creators))
        if access.get("list") == "public" and staff and creators is not None:
            return creators
    return "admin"


def _planned(known: Known, entity: str, text: str, noun: str, create: Any = None) -> Iterator[Step]:
    """What the planner makes of a small prompt about the entity and what is new."""
    words = _spoken(plural(snake_case(entity)))
    planned = _plan(f"{words}. {text.format(words)}.", text.format(words))
    found = lexicon().concepts.get(noun)
    name = entity_name(found.name if found else noun)
    fresh = next((one for one in planned if snake_case(one) in (noun, snake_case(name))), None)
    if fresh is None or fresh == entity:
        fresh, source = name, _by_lexicon(found, noun, entity)
    else:
        source = planned[fresh]
    here = known.find_entity
    others = {one: entity for one in planned if one != fresh and here(snake_case(one)) == entity}
    definition = _fitted(known, source, {"User": "User", **others})
    relations: dict[str, Any] = definition.setdefault("relations", {})
    way = next((name for name, one in relations.items() if one["to"] == entity), None)
    if way is None:
        way = snake_case(entity)
        relations[way] = {"to": entity, "on_delete": "cascade"}
    elif "part_of" not in definition:
        relations[way] = {**relations[way], "on_delete": "cascade"}
    _restrict(known, entity, way, definition)
    if create:
        definition.setdefault("access", {})["create"] = create
    edit = {"edit": "add_entity", "entity": fresh, "definition": definition}
    yield Step(edit, f"a row of its own for each, at its {entity}")


def _by_lexicon(concept: Concept | None, noun: str, entity: str) -> dict[str, Any]:
    """An entity as the lexicon knows it, written by whoever is signed in."""
    if concept is None:
        raise Unclear(f"What should “{noun}” of {entity} be?", (), noun)
    owner = str(concept.facts.get("owner", "author"))
    access = {"list": "authenticated", "read": "authenticated", "create": "authenticated"}
    return {
        "owner": owner,
        "fields": dict(map(named_field, concept.facts.get("fields", ()))),
        "relations": {owner: {"to": "User"}},
        "access": {**access, "update": "owner", "delete": "owner"},
    }


def _restrict(known: Known, entity: str, way: str, definition: dict[str, Any]) -> None:
    """Nobody sees more of what is new than of the rows that it is about."""
    access = definition.get("access", {})
    if "part_of" in definition:
        definition.pop("access", None)
        return
    readers = _listed(known.entities[entity].get("access", {}).get("read"))
    if not readers:
        definition["part_of"] = way
        definition.pop("access", None)
        definition["relations"][way] = {"to": entity}
        return
    if any(one.startswith("member") for one in readers) and "tenancy" not in known.data:
        place = known.entities[entity].get("place")
        definition["place"] = f"{way}.{place}" if place else way
    wide = [one for one in ("list", "read") if _listed(access.get(one)) != ["owner"]]
    seen = [_moved(known, entity, way, actor) for actor in readers]
    if "owner" in definition and not set(seen) & {"public", "authenticated", "member"}:
        seen.insert(0, "owner")
    for action in wide:
        access[action] = seen[0] if len(seen) == 1 else list(dict.fromkeys(seen))


def _moved(known: Known, entity: str, way: str, actor: str) -> str:
    """An actor of the rows of an entity, seen from rows that lead to them."""
    word, _, condition = actor.partition(" if ")
    plain = word in (*known.roles, *_WORDS) or word.startswith("member")
    found = word if plain else f"{way}.{word}"
    if not condition:
        return found
    data = known.entities[entity]
    own = {*data.get("fields", {}), *data.get("relations", {}), "id", "created_at", "updated_at"}
    own.add(data.get("states", {}).get("field", "status"))
    names = [one for one in ast.walk(parse(condition)) if isinstance(one, ast.Name)]
    for name in sorted(names, key=lambda one: one.col_offset, reverse=True):
        if name.id in own:
            condition = f"{condition[: name.col_offset]}{way}.{condition[name.col_offset :]}"
    return f"{found} if {condition}"


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _fitted(known: Known, definition: Any, names: dict[str, str]) -> dict[str, Any]:
    """A planned entity with the names and roles of the present Blueprint."""
    fitted: dict[str, Any] = dict(definition)
    fitted["relations"] = {
        name: {**relation, "to": names[relation["to"]]}
        for name, relation in definition.get("relations", {}).items()
        if relation.get("to") in names
    }
    for key in ("part_of", "owner"):
        if fitted.get(key) not in fitted["relations"]:
            fitted.pop(key, None)
    gone = [name for name in definition.get("relations", {}) if name not in fitted["relations"]]
    if "rules" in fitted:
        fitted["rules"] = [rule for rule in fitted["rules"] if not _names_any(rule, gone)]
    access = {}
    for action, actors in definition.get("access", {}).items():
        kept = [one for one in _listed(actors) if one.split(" if ")[0] in (*_ACTORS, *known.roles)]
        kept = list(dict.fromkeys(_unconditional(one, gone) for one in kept))
        access[action] = (kept[0] if len(kept) == 1 else kept) if kept else "admin"
    fitted["access"] = access
    return {key: value for key, value in fitted.items() if value not in ({}, [])}


def _unconditional(actor: str, gone: Sequence[str]) -> str:
    """The actor without a condition about what is not there."""
    return actor.split(" if ")[0] if _names_any(actor, gone) else actor


def _names_any(value: Any, names: Sequence[str]) -> bool:
    return any(re.search(rf"\b{name}\b", str(value)) for name in names)


def _plan(prompt: str, about: str) -> dict[str, Any]:
    try:
        entities: dict[str, Any] = plan(prompt).blueprint.plain()["entities"]
    except PlanningError as error:
        raise Unclear(f"What should “{about}” mean? {error}", (), about) from None
    return entities


def _spoken(name: str) -> str:
    return name.replace("_", " ")


INTENTS: tuple[Intent, ...] = (add_to, give, add_entity)
STATEMENTS: tuple[Intent, ...] = (engage, have)
