"""Each field alone: types, limits, and characters that are hard to carry."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Application, Entity, Field, FieldType, ToOne
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.inputs.senders import (
    change_to,
    create_with,
    draft_of,
    existing,
    refused,
    unchanged,
)
from local_engine.verification.http import Exchange
from local_engine.verification.shape import (
    changeable_fields,
    same,
    sendable_relations,
    writable_fields,
)
from local_engine.verification.values import Value, inside, lengths, outside, wrong
from local_engine.verification.world import CannotMake

_FREE_TEXT = (FieldType.STRING, FieldType.TEXT)

# Each is stored and answered as it is; none means anything to SQL, a shell, a template or a page.
MARKERS = (
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    '"><script>alert(1)</script>',
    "{{7*7}}${7*7}<%= 7*7 %>%(id)s",
    "$(id) `id` | id; ../../etc/passwd",
    "\\ \\' \\\" %00 %s :name $1 \u2028",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eright to left \u0301 \u00df\u0130 \U0010ffff",
    "  spaces around  ",
)
NUL = "a\x00b"
SURROGATE = "a\ud800b"


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """Checks of each field of one entity."""
    if "create" in entity.actions:
        for field in writable_fields(entity):
            yield from _created(application, entity, field)
        for relation in sendable_relations(entity):
            yield Check(
                f"input.create.{_name(entity)}.{relation.name}.reference",
                f"A {entity.name} cannot refer to a row that is not there ({relation.name}).",
                partial(_reference, entity, relation),
            )
    if "update" in entity.actions:
        yield Check(
            f"input.update.{_name(entity)}",
            f"Changing a {entity.name} to values outside the limits is refused, field by field.",
            partial(_updated, application, entity),
        )


def _name(entity: Entity) -> str:
    return entity.name.lower()


def _created(application: Application, entity: Entity, field: Field) -> Iterator[Check]:
    where = f"input.create.{_name(entity)}.{field.name}"
    named = f"`{field.name}` of {entity.name}"

    def check(aspect: str, sentence: str, run: Callable[..., None]) -> Check:
        return Check(f"{where}.{aspect}", sentence, partial(run, application, entity, field))

    yield check("type", f"{named} takes values of its type only.", _types)
    yield check("outside", f"{named} takes no value outside its limits.", _outside)
    yield check("inside", f"{named} takes the values at its limits.", _inside)
    if field.type in _FREE_TEXT:
        yield check("characters", f"{named} takes no NUL, surrogate or control.", _characters)
        if not (field.pattern or field.allowed):
            yield check("markers", f"{named} keeps markers of injection as text.", _markers)
    if field.required_on_create:
        yield check("required", f"{named} is required.", _required)


def _types(_: Application, entity: Entity, field: Field, context: Context) -> None:
    draft = draft_of(entity, context)
    for value in wrong(field):
        answer = create_with(context, draft, field.name, value.json)
        refused(answer, field.name, f"{value.words} is no {field.type}")


def _outside(application: Application, entity: Entity, field: Field, context: Context) -> None:
    draft = draft_of(entity, context)
    values = list(outside(field, application, draft.body.get(field.name)))
    if not values:
        raise NotApplicable("its type is its only limit")
    for value in values:
        answer = create_with(context, draft, field.name, value.json)
        refused(answer, field.name, f"{value.words} is outside the limits")


def _inside(application: Application, entity: Entity, field: Field, context: Context) -> None:
    valid = draft_of(entity, context).body.get(field.name)
    values = list(inside(field, application, valid))
    if not values:
        raise NotApplicable("it has no limits of its own")
    if not sum(_accepted(context, entity, field, value) for value in values):
        raise NotApplicable("rules about more than this field leave no room for its limits")


def _accepted(context: Context, entity: Entity, field: Field, value: Value) -> bool:
    """The value is taken; False where a rule about more than this field stands in its way."""
    try:
        draft = context.world.draft(entity.name, **{field.name: value.json})
    except CannotMake:
        return False
    answer = create_with(context, draft, field.name, value.json)
    if answer.status == 409 or _is_rule(answer):
        return False
    expect.status_is(answer, 200, 201, why=f"{value.words} is within the limits")
    _kept(field, value.json, answer)
    return True


def _is_rule(answer: Exchange) -> bool:
    document = answer.json
    return answer.status == 422 and isinstance(document, dict) and bool(document.get("rule"))


def _kept(field: Field, sent: Any, answer: Exchange) -> None:
    row = answer.json
    if isinstance(row, dict) and field.name in row:
        expect.holds(
            same(field, sent, row[field.name]),
            f"`{field.name}` kept as it was sent",
            repr(row[field.name])[:200],
            answer,
            claim=f"answer.json()[{field.name!r}] == {sent!r}" if len(repr(sent)) < 200 else "",
        )


def _characters(_: Application, entity: Entity, field: Field, context: Context) -> None:
    draft = draft_of(entity, context)
    bad = [NUL, SURROGATE, "a\x1bb", "a\x7fb"]
    if field.type is FieldType.STRING:
        bad += ["two\nlines", "a\tb"]
    for text in bad:
        refused(create_with(context, draft, field.name, text), field.name, f"{text!r}")


def _markers(_: Application, entity: Entity, field: Field, context: Context) -> None:
    least, greatest = lengths(field)
    fitting = [marker for marker in MARKERS if least <= len(marker) <= greatest]
    if not sum(_accepted(context, entity, field, Value("a marker", m)) for m in fitting):
        raise NotApplicable("its limits and rules leave no room for any marker")


def _required(_: Application, entity: Entity, field: Field, context: Context) -> None:
    draft = draft_of(entity, context)
    body = {key: value for key, value in draft.body.items() if key != field.name}
    answer = context.http.send("POST", draft.path, actor=draft.actor, json=body)
    refused(answer, field.name, "it is left out")


def _reference(entity: Entity, relation: ToOne, context: Context) -> None:
    draft = draft_of(entity, context)
    key = f"{relation.name}_id"
    answer = create_with(context, draft, key, str(uuid4()))
    refused(answer, key, "there is no such row")
    codes = [error.get("code") for error in answer.json.get("errors", [])]
    expect.holds(
        codes == ["reference"],
        "one error with code `reference`",
        f"codes {codes}",
        answer,
        claim="answer.json()['errors'][0]['code'] == 'reference'",
    )
    odd_values: list[Any] = ["not-an-id", 5, True, [], {}, NUL]
    for odd in [*odd_values, *([] if relation.optional else [None])]:
        refused(create_with(context, draft, key, odd), key, f"{odd!r} is no id")


def _updated(application: Application, entity: Entity, context: Context) -> None:
    row = existing(entity, context)
    for field in changeable_fields(entity):
        valid = row.before.json.get(field.name)
        bad = [*list(wrong(field))[:2], *list(outside(field, application, valid))[:1]]
        bad += [value for value in wrong(field) if value.json is None]
        bad += [Value("NUL", NUL)] if field.type in _FREE_TEXT else []
        for value in bad:
            answer = change_to(context, row, field.name, value.json)
            refused(answer, field.name, f"{value.words} is not acceptable")
    for field in entity.fields.values():
        if field.immutable and not field.read_only and not field.editable_by:
            answer = change_to(context, row, field.name, row.before.json.get(field.name))
            if answer.status >= 300:
                refused(answer, field.name, "it is immutable")
            else:
                raise CheckFailed(f"`{field.name}` immutable: 422", f"{answer.status}", (answer,))
    unchanged(context, row)
