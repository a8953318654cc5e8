"""What rows look like in bodies and answers, by docs/blueprint.md ("Body of a row in answers")."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from local_engine.generator.blueprint.resolved import (
    Application,
    Entity,
    Field,
    FieldType,
    ToOne,
)
from local_engine.verification.durations import parse_duration

SYSTEM_KEYS = ("id", "created_at", "updated_at", "version", "user")

_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY})
ORDERED = _NUMBERS | {FieldType.DATE, FieldType.DATETIME}


def answer_keys(application: Application, entity: Entity) -> tuple[set[str], set[str]]:
    """Keys that every answer with such a row has, and those that some actors do not see."""
    always, sometimes = {"id", "created_at", "updated_at"}, set[str]()
    if entity.states:
        always.add(entity.states.field)
    if entity.tenanted and application.tenancy:
        always.add(f"{application.tenancy.relation}_id")
    for field in entity.fields.values():
        if not field.private:
            (sometimes if field.visible_to else always).add(field.name)
    for relation in entity.to_one.values():
        (sometimes if relation.visible_to else always).add(f"{relation.name}_id")
    return always, sometimes


def writable_fields(entity: Entity) -> Iterator[Field]:
    """Fields that whoever may create a row may send, whoever it is."""
    state = entity.states.field if entity.states else None
    for field in entity.fields.values():
        if not field.read_only and not field.editable_by and field.name != state:
            yield field


def changeable_fields(entity: Entity) -> Iterator[Field]:
    """Fields that whoever may update a row may send."""
    return (field for field in writable_fields(entity) if not field.immutable)


def set_by_others(application: Application, entity: Entity) -> dict[str, str]:
    """Keys that no client may send at creation, each with what it is."""
    forbidden = dict.fromkeys(SYSTEM_KEYS, "a system field")
    if entity.states:
        forbidden[entity.states.field] = "the state"
    if entity.tenanted and application.tenancy:
        forbidden[f"{application.tenancy.relation}_id"] = "the tenant"
    if entity.owner:
        forbidden[f"{entity.owner}_id"] = "the owner"
    if entity.part_of:
        forbidden[f"{entity.part_of}_id"] = "the whole that it is a part of"
    for field in entity.fields.values():
        if field.read_only:
            forbidden[field.name] = "a field that the service works out"
    return forbidden


def sendable_relations(entity: Entity) -> Iterator[ToOne]:
    """To-one relations that a body may have."""
    for relation in entity.to_one.values():
        settled = relation.name in (entity.owner, entity.part_of) or relation.implicit
        if not settled and not relation.editable_by:
            yield relation


def comparable(field: Field, value: Any) -> Any:
    """A JSON value of the field in a form that compares and orders like the field itself.

    Gives the value as it is when it is not of the field's form.
    """
    if not isinstance(value, str):
        return value
    try:
        match field.type:
            case FieldType.DECIMAL | FieldType.MONEY:
                return Decimal(value)
            case FieldType.DATE:
                return date.fromisoformat(value)
            case FieldType.TIME:
                return time.fromisoformat(value)
            case FieldType.DATETIME:
                return datetime.fromisoformat(value).astimezone(UTC)
            case FieldType.DURATION:
                return parse_duration(value)
    except (ValueError, InvalidOperation, OverflowError):
        return value
    return value


def same(field: Field, sent: Any, found: Any) -> bool:
    """Whether an answered value is the one that was sent, in whatever notation."""
    if field.type is FieldType.EMAIL and isinstance(sent, str) and isinstance(found, str):
        # The part behind the @ may be answered in its normal form.
        return sent.lower() == found.lower()
    if field.type is FieldType.LIST and field.item_type in _NUMBERS and isinstance(sent, list):
        return isinstance(found, list) and [_number(x) for x in sent] == [_number(x) for x in found]
    if field.type is FieldType.UUID and isinstance(sent, str) and isinstance(found, str):
        return sent.lower() == found.lower()
    return bool(comparable(field, sent) == comparable(field, found))


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
