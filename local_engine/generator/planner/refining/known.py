"""The present Blueprint as words of a prompt name it: entities, members and people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.planner.lexicon import lexicon
from local_engine.generator.planner.naming import snake
from local_engine.generator.planner.reading.nouns import DETERMINERS
from local_engine.generator.planner.refining.results import Unclear
from local_engine.generator.planner.tokens import singular

_EVERYBODY = frozenset(["everyone", "everybody", "anyone", "anybody", "public", "visitor", "world"])
_SIGNED_IN = frozenset(["user", "people", "person", "authenticated", "account"])
_NOBODY = frozenset(["nobody", "no_one", "none"])
_PLACE = re.compile(r"(?:of|from|in|on|for) ")


@dataclass(frozen=True)
class Member:
    """A field or relation of an entity; `group` is `fields` or `relations`."""

    entity: str
    group: str
    name: str


class Known:
    """Looks words up; whatever is not clear is raised as a question."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.entities: dict[str, dict[str, Any]] = data["entities"]
        self.roles: list[str] = list(data.get("accounts", {}).get("roles", ()))

    def find_entity(self, text: str) -> str | None:
        """The entity that words mean; None if there is none."""
        key = noun_of(text)
        exact = [name for name in self.entities if self._called(name, key)]
        if exact:
            return exact[0]
        ends = [name for name in self.entities if snake_case(name).endswith(f"_{key}")]
        if len(ends) == 1:
            return ends[0]
        concept = lexicon().concepts.get(key)
        alike = [name for name in self.entities if concept and self._concept(name) == concept.key]
        found = ends or alike
        if len(found) > 1:
            raise Unclear(f"Which of them is meant by “{text}”?", tuple(found), text)
        return found[0] if found else None

    def entity(self, text: str) -> str:
        """The entity that words mean. Raises Unclear if there is none."""
        found = self.find_entity(text)
        if found is None:
            names = tuple(self.entities)
            raise Unclear(
                f"There is nothing called “{bare(text)}” here. What is meant?", names, text
            )
        return found

    def _called(self, name: str, key: str) -> bool:
        small = snake_case(name)
        return key in (small, plural(small), self.entities[name].get("plural"))

    def _concept(self, name: str) -> str | None:
        concept = lexicon().concepts.get(snake_case(name))
        return concept.key if concept else None

    def is_account(self, text: str) -> bool:
        """Whether words mean people with an account, and no entity of their own."""
        key = noun_of(text)
        return key in ("user", "account", *self.roles) and self.find_entity(text) in (None, "User")

    def find_member(self, entity: str, text: str) -> Member | None:
        """The field or relation of an entity that words mean; None if there is none."""
        key = noun_of(text)
        names = list(self._names(key, text))
        for group, known in self._groups(entity):
            for name in names:
                if name in known:
                    return Member(entity, group, name)
        target = self._quietly(text)
        ways = [
            name
            for name, relation in self.entities[entity].get("relations", {}).items()
            if target is not None and target in relation.values()
        ]
        if len(ways) == 1:
            return Member(entity, "relations", ways[0])
        close = [
            Member(entity, group, name)
            for group, known in self._groups(entity)
            for name in known
            if name.endswith(f"_{key}") or name.startswith(f"{key}_")
        ]
        return close[0] if len(close) == 1 else None

    def _groups(self, entity: str) -> Iterator[tuple[str, dict[str, Any]]]:
        data = self.entities[entity]
        for group in ("fields", "relations"):
            yield group, data.get(group, {})

    def _names(self, key: str, text: str) -> Iterator[str]:
        yield snake(bare(text))
        yield key
        word = lexicon().fields.get(key)
        if word is not None:
            yield word.name
        yield plural(key)

    def _quietly(self, text: str) -> str | None:
        try:
            return self.find_entity(text)
        except Unclear:
            return None

    def member(self, text: str, entity: str | None = None) -> Member:
        """`title`, `title of a post`, `post title`, `the post's title`. Raises Unclear."""
        text = bare(text)
        if entity is not None:
            found = self.find_member(entity, text)
            if found is None:
                known = tuple(name for _, group in self._groups(entity) for name in group)
                raise Unclear(f"{entity} has no “{text}”. What is meant?", known, text)
            return found
        for name, owner in _splits(text):
            place = self._quietly(owner)
            if place is not None:
                return self.member(name, place)
            if noun_of(owner) in self.roles or noun_of(owner) in _SIGNED_IN:
                about = f"“{owner}” have accounts, whose e-mail is built in and unique."
                raise Unclear(f"{about} Which own field of accounts is meant?", (), text)
        return self._anywhere(text)

    def _anywhere(self, text: str) -> Member:
        found = [one for name in self.entities if (one := self.find_member(name, text))]
        exact = [one for one in found if one.name == snake(text)]
        found = exact or found
        if len(found) == 1:
            return found[0]
        if not found:
            raise Unclear(f"There is no “{text}” in any entity. What is meant?", (), text)
        options = tuple(f"{one.name} of {one.entity}" for one in found)
        raise Unclear(f"Several entities have “{text}”. Which one is meant?", options, text)

    def actor(self, entity: str | None, text: str) -> str | None:
        """The actor that words mean, for rows of an entity; None if there is none yet."""
        key = noun_of(text)
        if key in ("admin", "administrator", "superuser"):
            return "admin"
        if key in _NOBODY:
            return "nobody"
        if key in self.roles:
            return key
        if key in _EVERYBODY:
            return "public"
        if key in _SIGNED_IN:
            return "authenticated"
        return self._of_row(entity, key) if entity is not None else None

    def _of_row(self, entity: str, key: str) -> str | None:
        data = self.entities[entity]
        owner = data.get("owner")
        if owner is not None and key in ("owner", "creator", owner):
            return "owner"
        relation = data.get("relations", {}).get(key, {})
        if relation.get("to") == "User":
            return key
        if key in self._member_roles(entity):
            return f"member:{key}"
        return "member" if key == "member" and self._through(entity) else None

    def _through(self, entity: str) -> tuple[str, str | None] | None:
        """The entity of memberships that rows of an entity know, and its role field."""
        data = self.entities[entity]
        tenancy = self.data.get("tenancy")
        at: str | None = entity
        for step in (data.get("place") or "").split("."):
            relations = self.entities.get(at or "", {}).get("relations", {})
            at = relations.get(step, {}).get("to") if step else at
        members = self.entities.get(at or "", {}).get("members") or tenancy
        if members is None:
            return None
        return members["through"], members.get("role")

    def _member_roles(self, entity: str) -> list[str]:
        through = self._through(entity)
        if through is None or through[1] is None:
            return []
        field = self.entities[through[0]].get("fields", {}).get(through[1])
        return list(field.get("values", ())) if isinstance(field, dict) else []


def bare(text: str) -> str:
    """The words without determiners before them and marks around them."""
    words = text.strip(" \t\"'“”‘’`,.:").split()
    while words and (words[0] in DETERMINERS or words[0] in ("field", "entity", "relation")):
        words = words[1:]
    while len(words) > 1 and words[-1] in ("field", "entity", "relation", "column", "attribute"):
        words = words[:-1]
    return " ".join(words)


def noun_of(text: str) -> str:
    """The noun in the singular, in snake_case."""
    words = re.sub(r"[-_]", " ", bare(text)).split()
    if not words:
        return ""
    return snake("_".join([*words[:-1], singular(words[-1])]))


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Ways to read words as a member and its entity."""
    found = re.fullmatch(r"(?P<name>.+?) (?:of|in|on|from|for|at) (?P<owner>.+)", text)
    if found is not None:
        yield found["name"], found["owner"]
    found = re.fullmatch(r"(?P<owner>.+?)(?:'s|'|\.) ?(?P<name>.+)", text)
    if found is not None:
        yield found["name"], found["owner"]
    words = text.split()
    for index in range(1, len(words)):
        yield " ".join(words[index:]), " ".join(words[:index])
