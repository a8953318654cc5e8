"""The Blueprint while it grows: things that were found, what is known of them, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.planner.events import PlanEvent, QuestionRaised
from local_engine.generator.planner.lexicon import Concept, lexicon
from local_engine.generator.planner.naming import entity_name, role_name, snake
from local_engine.generator.planner.results import Decision, Question
from local_engine.generator.planner.tokens import singular

MAX_THINGS = 80
"""Most entities of one plan; what goes beyond is asked about."""

Span = tuple[int, int]
"""Places of the first and after the last character in the prompt."""


@dataclass
class Thing:
    """An entity in the making; `key` is its noun in snake_case."""

    key: str
    name: str
    kind: str
    facts: dict[str, Any]
    span: Span | None
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    states: dict[str, Any] | None = None
    targets: list[str] = field(default_factory=list)
    people: dict[str, list[str]] = field(default_factory=dict)
    """Roles by act: create, manage, edit, delete, read, own."""
    owner: str | None = None
    owner_path: str | None = None
    part_of: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    flags: dict[str, Any] = field(default_factory=dict)
    access: dict[str, Any] | None = None
    finished: bool = False

    def who(self, *acts: str) -> list[str]:
        """The roles that were said to do one of these things."""
        return list(dict.fromkeys(role for act in acts for role in self.people.get(act, ())))


@dataclass
class Draft:
    """Everything that is known so far."""

    text: str
    emit: Callable[[PlanEvent], None]
    name: str = ""
    product: dict[str, Any] = field(default_factory=dict)
    product_key: str = ""
    things: dict[str, Thing] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    """Names of roles by the person word."""
    sign_up: str | None = None
    tenant: str | None = None
    tenant_roles: list[str] = field(default_factory=list)
    flags: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, Any] = field(default_factory=dict)
    reports: dict[str, Any] = field(default_factory=dict)
    feeds: dict[str, Any] = field(default_factory=dict)
    emails: dict[str, Any] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    dropped: int = 0
    mentions: list[tuple[int, str]] = field(default_factory=list)
    """Where things were named: place in the prompt and key."""

    def decide(self, path: str, what: str, span: Span | None, why: str = "") -> None:
        """Notes a decision; without a span it is an assumption."""
        if span is None:
            reason = why or "the prompt does not say"
            self.decisions.append(Decision(path, what, f"assumed: {reason}", None, True))
            return
        quote = " ".join(self.text[span[0] : span[1]].split())
        quote = quote if len(quote) <= 160 else quote[:159] + "…"
        self.decisions.append(Decision(path, what, why or f"“{quote}”", quote, False, span))

    def ask(self, text: str, about: str = "", options: tuple[str, ...] = ()) -> None:
        """Notes an open question."""
        question = Question(text, options, about)
        if question not in self.questions:
            self.questions.append(question)
            self.emit(QuestionRaised(about, text))

    def thing(self, word: str, concept: Concept | None, span: Span | None) -> Thing | None:
        """The thing that a noun names; made if it is new, None if there are too many."""
        key = snake(concept.name if concept else word)
        if span is not None:
            self.mentions.append((span[0], key))
        if key in self.things:
            return self.things[key]
        same = self._same_activity(concept)
        if same is not None:
            return same
        if len(self.things) >= MAX_THINGS:
            self.dropped += 1
            return None
        facts = concept.facts if concept else {}
        name = entity_name(key)
        while any(other.name == name for other in self.things.values()):
            name = name[:38] + "2"
        made = Thing(key, name, facts.get("kind", "unknown"), facts, span)
        made.flags["concept"] = concept.key if concept else ""
        self.things[key] = made
        return made

    def _same_activity(self, concept: Concept | None) -> Thing | None:
        """A booking is a reservation: one activity has one entity, whatever it is called."""
        if concept is None or concept.facts.get("kind") != "activity":
            return None
        things = self.things.values()
        return next((t for t in things if t.flags.get("concept") == concept.key), None)

    def known(self, key: str, span: Span | None = None) -> Thing | None:
        """The thing for a noun of the lexicon."""
        return self.thing(key, lexicon().concepts.get(key), span)

    def near(self, place: int) -> Thing | None:
        """The thing that was named last before a place of the prompt."""
        before = [(at, key) for at, key in self.mentions if at <= place and key in self.things]
        return self.things[max(before)[1]] if before else None

    def lookup(self, text: str) -> Thing | None:
        """The thing that a few words of the prompt mean, if it is known."""
        words = [word.removesuffix("'s").rstrip("'") for word in text.split()]
        if not words:
            return None
        whole = "_".join((*words[:-1], singular(words[-1])))
        for word in dict.fromkeys([whole, *(singular(word) for word in reversed(words))]):
            found = self.find(word)
            if found is not None:
                return found
        return None

    def find(self, noun: str) -> Thing | None:
        """The thing that a noun of the lexicon means here, by name or by concept."""
        if noun in self.things:
            return self.things[noun]
        concept = lexicon().concepts.get(noun)
        key = concept.key if concept else noun
        broad = concept is None or concept.key == noun or concept.facts["kind"] == "activity"
        for thing in self.things.values():
            if broad and thing.flags.get("concept") == key:
                return thing
        return None

    def role(self, person: str, span: Span | None, about: str = "") -> str:
        """The role of a person word, or the actor word for everybody and for admins."""
        words = lexicon().persons
        if person in words["admins"]:
            return "admin"
        if person in words["plain"]:
            return "authenticated"
        if person not in self.roles:
            self.roles[person] = role_name(person, about)
            if span is None:
                self.decide("accounts.roles", f"role {self.roles[person]}", None)
            else:
                self.decide("accounts.roles", f"role {self.roles[person]}", span)
        return self.roles[person]

    def is_staff(self, role: str) -> bool:
        """Whether a role works for the service rather than using it."""
        person = next((word for word, name in self.roles.items() if name == role), role)
        return role == "admin" or person not in lexicon().persons["low"]

    def staff(self) -> list[str]:
        """Roles that manage anything, or else the roles of staff, or else the admin."""
        managing = [
            role
            for thing in self.things.values()
            for role in thing.who("manage")
            if role != "admin"
        ]
        return list(dict.fromkeys(managing)) or ["admin"]
