"""A project's own tests of one entity: a matrix of requests, with what each must answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_engine.generator.emit.fastapi.entities.annotations import literal_expression
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.schemas import Member
from local_engine.generator.emit.fastapi.frame.bodies import WORLD
from local_engine.generator.emit.fastapi.frame.rule_tests import RuleTests
from local_engine.generator.emit.fastapi.frame.story_tests import StoryTests
from local_engine.generator.emit.fastapi.samples.planned import Person, Row
from local_engine.generator.emit.fastapi.samples.stories import Stories
from local_engine.generator.emit.fastapi.samples.values import as_json, candidates
from local_engine.generator.emit.fastapi.samples.world import World
from local_engine.generator.emit.python import (
    NONE,
    Assert,
    Call,
    Dictionary,
    Evaluate,
    Expression,
    Formatted,
    Function,
    Infix,
    Module,
    Name,
    Operand,
    Prefixed,
    Sequence,
    Statement,
    assign,
    attribute,
    call,
    const,
    expression,
    imported,
    parameter,
    subscript,
)

STRANGER = "stranger"


@dataclass(frozen=True)
class EntityTests:
    """Builds the tests of one entity."""

    world: World
    plan: Plan
    row: Row
    stories: Stories

    @property
    def _name(self) -> Expression:
        return const(self.plan.resource.singular)

    def module(self) -> Module:
        """The module."""
        resource = self.plan.resource
        title = f"{resource.plural_words[:1].upper()}{resource.plural_words[1:]}"
        name = resource.package.removeprefix("app.")
        module = Module(f"tests.test_{name}", f"{title}: made, shown, refused, changed, deleted.")
        for function in self._functions():
            module.define(function)
        return module

    def _functions(self) -> Iterator[Function]:
        plan, actions = self.plan, self.plan.actions
        yield self._created()
        yield self._unknown_field()
        required = [member.key for member in plan.members if member.required]
        if required:
            yield self._missing(required)
        if "read" in actions:
            yield self._stranger()
            yield self._not_there()
        if "list" in actions and self._admits(self.row.creator, "list"):
            yield self._listed()
        if "update" in actions:
            yield from self._changes()
        if "delete" in actions:
            yield from self._deletions()
        rules, actions_on_it = RuleTests(self.stories, self.row), StoryTests(self.stories)
        yield from rules.functions()
        if "update" in actions:
            yield from rules.locked(self._changeable())
        yield from actions_on_it.of_states(self.row)
        yield from actions_on_it.of_row_operations(self.row)

    def _admits(self, person: Person | None, action: str) -> bool:
        return self.world.admits(person, self.row, action)

    def _allowed(self, action: str) -> Person | None:
        """Somebody who may perform an action on the row, and read it."""
        people = [self.row.creator, *self.world.people.values()]
        for person in people:
            if self._admits(person, action) and self._admits(person, "read"):
                return person
        return None

    def _test(self, name: str, docstring: str, *body: Statement) -> Function:
        world = parameter("world", imported(WORLD, "World"))
        return Function(f"test_{name}", (world,), NONE, body, docstring)

    def _make(self) -> Statement:
        return assign("made", call(attribute("world", "make"), self._name))

    def _request(
        self, user: Expression, method: str, path: Operand, body: Operand | None = None
    ) -> Call:
        options: dict[str, Operand] = {} if body is None else {"json": body}
        return call(attribute("world", "request"), user, const(method), path, **options)

    def _created(self) -> Function:
        resource = self.plan.resource
        body: list[Statement] = [
            self._make(),
            Assert(_equal(attribute("made", "answer", "status_code"), const(201))),
            Assert(
                _equal(
                    subscript(attribute("made", "answer", "headers"), const("location")),
                    attribute("made", "address"),
                )
            ),
        ]
        if "read" in self.plan.actions and self._admits(self.row.creator, "read"):
            read = self._request(self._creator, "GET", attribute("made", "address"))
            body += [
                assign("shown", read),
                Assert(_equal(call(attribute("shown", "json")), attribute("made", "row"))),
                Assert(_equal(_etag("shown"), _etag(attribute("made", "answer")))),
            ]
        return self._test(
            "a_new_one_is_there",
            f"A new {resource.words} has an address, at which it is shown.",
            *body,
        )

    @property
    def _creator(self) -> Expression:
        return const(self.row.creator.name)

    def _post(self, body: Expression) -> tuple[Statement, ...]:
        create = self._request(
            call(attribute("world", "creator"), self._name),
            "POST",
            call(attribute("world", "collection"), self._name),
            body,
        )
        return (
            assign("answer", create),
            Assert(_equal(attribute("answer", "status_code"), const(422))),
        )

    def _unknown_field(self) -> Function:
        spread = call(attribute("world", "body"), self._name)
        body = Dictionary(((None, spread), (const("no_such_field"), const(1))))
        pointer = _equal(_pointer("answer"), const("/no_such_field"))
        return self._test(
            "unknown_fields_are_refused",
            "What the service does not know is never dropped in silence.",
            *self._post(body),
            Assert(pointer),
        )

    def _missing(self, keys: list[str]) -> Function:
        fields = Sequence(tuple(map(const, keys)))
        marked = call(attribute(imported("pytest"), "mark", "parametrize"), const("field"), fields)
        return Function(
            "test_what_is_required_cannot_be_left_out",
            (parameter("world", imported(WORLD, "World")), parameter("field", "str")),
            NONE,
            (
                assign("body", call(attribute("world", "body"), self._name)),
                Evaluate(Prefixed("del ", subscript("body", "field"))),
                *self._post(Name("body")),
                Assert(_equal(_pointer("answer"), Formatted(("/", Name("field"))))),
            ),
            "Nothing is created without it.",
            (marked,),
        )

    def _stranger(self) -> Function:
        seen = self._admits(Person(STRANGER, frozenset()), "read")
        read = self._request(const(STRANGER), "GET", attribute("made", "address"))
        words = self.plan.resource.words
        told = "is shown to everybody" if seen else "does not exist for a stranger"
        return self._test(
            "what_a_stranger_sees",
            f"The {words} {told}.",
            self._make(),
            assign("answer", read),
            Assert(_equal(attribute("answer", "status_code"), const(200 if seen else 404))),
        )

    def _not_there(self) -> Function:
        path = Infix(
            "+",
            (
                call(attribute("world", "collection"), self._name),
                const("/"),
                imported(WORLD, "UNKNOWN_ID"),
            ),
        )
        read = self._request(call(attribute("world", "creator"), self._name), "GET", path)
        return self._test(
            "what_is_not_there",
            "An id that names nothing is not found.",
            assign("answer", read),
            Assert(_equal(attribute("answer", "status_code"), const(404))),
        )

    def _listed(self) -> Function:
        path = call(attribute("world", "collection"), self._name)
        rows = subscript(
            call(attribute(self._request(self._creator, "GET", path), "json")), const("items")
        )
        return self._test(
            "a_list_shows_it",
            f"The list has the {self.plan.resource.words}.",
            self._make(),
            Assert(Infix("in", (attribute("made", "row"), rows))),
        )

    def _changes(self) -> Iterator[Function]:
        yield self._refused("PATCH", "change", "update")
        member = self._changeable()
        person = self._allowed("update")
        if member is None or person is None or member.field is None:
            return
        digits = self.plan.application.currency_digits
        value = as_json(_other(self.row, member), member.field, digits)
        new = Dictionary(((const(member.key), literal_expression(value)),))
        options: dict[str, Operand] = {"json": new, **self._condition()}
        change = call(
            attribute("world", "request"),
            const(person.name),
            const("PATCH"),
            attribute("made", "address"),
            **options,
        )
        yield self._test(
            "a_change_changes_that_alone",
            f"Changing {member.key} leaves everything else as it was.",
            self._make(),
            assign("answer", change),
            Assert(_equal(attribute("answer", "status_code"), const(200))),
            assign("changed", call(attribute("answer", "json"))),
            Assert(_equal(subscript("changed", const(member.key)), literal_expression(value))),
            *self._unchanged(member),
        )

    def _unchanged(self, member: Member) -> Iterator[Statement]:
        for other in self.plan.members:
            part = other.field
            if part is None or part.private or part.visible_to is not None:
                continue
            if other.key != member.key:
                before = subscript(attribute("made", "row"), const(other.key))
                yield Assert(_equal(subscript("changed", const(other.key)), before))

    def _condition(self) -> dict[str, Operand]:
        """If-Match, where the entity asks for it."""
        if not self.plan.entity.guarded:
            return {}
        headers = Dictionary(((const("If-Match"), _etag(attribute("made", "answer"))),))
        return {"headers": headers}

    def _changeable(self) -> Member | None:
        """A plain field whose change no rule looks at."""
        read = self.world.checked_names(self.plan.entity)
        for member in self.plan.schemas.changeable:
            part = member.field
            if part is None or part.private or part.visible_to is not None or member.guarded:
                continue
            if member.key not in read and _other(self.row, member) is not None:
                return member
        return None

    def _deletions(self) -> Iterator[Function]:
        yield self._refused("DELETE", "deletion", "delete")
        person = self._allowed("delete")
        if person is None:
            return
        remove = call(
            attribute("world", "request"),
            const(person.name),
            const("DELETE"),
            attribute("made", "address"),
            **self._condition(),
        )
        again = self._request(const(person.name), "GET", attribute("made", "address"))
        yield self._test(
            "what_is_deleted_is_gone",
            f"A deleted {self.plan.resource.words} is not found any more.",
            self._make(),
            assign("answer", remove),
            Assert(_equal(attribute("answer", "status_code"), const(204))),
            Assert(_equal(attribute(again, "status_code"), const(404))),
        )

    def _refused(self, method: str, word: str, action: str) -> Function:
        """Nobody and strangers, and that nothing has changed after they tried."""
        stranger = Person(STRANGER, frozenset())
        allowed = self._admits(stranger, "read") and self._admits(stranger, action)
        status = 403 if self._admits(stranger, "read") else 404
        body = Dictionary(()) if method == "PATCH" else None
        address = attribute("made", "address")
        statements: list[Statement] = [self._make()]
        if not self.plan.access.effective(action).admits_anonymous:
            refused = self._request(NONE, method, address, body)
            statements.append(Assert(_equal(attribute(refused, "status_code"), const(401))))
        if not allowed:
            refused = self._request(const(STRANGER), method, address, body)
            statements.append(Assert(_equal(attribute(refused, "status_code"), const(status))))
        if self._admits(self.row.creator, "read"):
            again = self._request(self._creator, "GET", address)
            statements.append(
                Assert(_equal(call(attribute(again, "json")), attribute("made", "row")))
            )
        return self._test(
            f"{word}_by_others_is_refused",
            f"Who is not meant to has no say in the {word} of {self.plan.resource.a_row}.",
            *statements,
        )


def _other(row: Row, member: Member) -> Any:
    """A value other than the row's own; None if the field has no other."""
    assert member.field is not None
    present = row.values.get(member.field.name)
    for value in candidates(member.field, 1):
        if value is not None and value != present:
            return value
    return None


def _equal(left: Operand, right: Operand) -> Infix:
    return Infix("==", (expression(left), expression(right)))


def _etag(answer: Operand) -> Expression:
    return subscript(attribute(answer, "headers"), const("etag"))


def _pointer(answer: str) -> Expression:
    errors = subscript(call(attribute(answer, "json")), const("errors"))
    return subscript(subscript(errors, const(0)), const("pointer"))
