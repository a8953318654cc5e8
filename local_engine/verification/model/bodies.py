"""Reads the body of a request: which keys it may have, their values, and the rows it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.blueprint.resolved import (
    USER,
    Entity,
    Field,
    FieldType,
    InputField,
    RefAccess,
    RefInput,
    RowsInput,
    ToOne,
    ValueInput,
)
from local_engine.verification.model.access import Judge
from local_engine.verification.model.defaults import default_value
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.references import in_tenant, user_fits
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import Invalid, read


@dataclass
class Reading:
    """Values read so far, by name, and the keys that were wrong.

    `email` is the address of the person that a new member is named by, in small letters.
    """

    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    email: str | None = None

    def check(self) -> None:
        """Refuse with 422 if anything was wrong."""
        if self.wrong:
            told = "; ".join(f"{key}: {why}" for key, why in self.wrong.items())
            raise Refused(422, why=told, fields=self.wrong)


@dataclass(frozen=True)
class Writable:
    """The keys that clients may send for a row of an entity."""

    fields: Mapping[str, Field]
    relations: Mapping[str, ToOne]
    forbidden: Mapping[str, str]


def writable(entity: Entity, *, changing: bool) -> Writable:
    """What clients may send at creation, or in a change; `forbidden` says why for known others."""
    state = entity.states.field if entity.states else None
    fields: dict[str, Field] = {}
    forbidden = {} if state is None else {state: "the state is not set by a body"}
    for name, declared in entity.fields.items():
        if name == state or declared.read_only:
            forbidden[name] = "it is read-only"
        elif changing and declared.immutable:
            forbidden[name] = "it is immutable"
        else:
            fields[name] = declared
    relations: dict[str, ToOne] = {}
    for name, relation in entity.to_one.items():
        if relation.implicit or name in (entity.owner, entity.part_of):
            forbidden[f"{name}_id"] = "it is not set by a body"
        elif changing and relation.immutable:
            forbidden[f"{name}_id"] = "it is immutable"
        else:
            relations[f"{name}_id"] = relation
    return Writable(fields, relations, forbidden)


def read_object(body: Any) -> dict[str, Any]:
    """The body as a JSON object; refuses anything else."""
    if not isinstance(body, dict):
        raise Refused(422, why="the body is not a JSON object")
    return body


def read_row(body: Any, entity: Entity, *, changing: bool, by_email: str | None = None) -> Reading:
    """Fields of a row's body, and ids of relations; required ones must be there at creation.

    `by_email` is the relation to User that may be given by the account's e-mail address instead.
    """
    known = writable(entity, changing=changing)
    reading = Reading()
    for key, value in read_object(body).items():
        if by_email is not None and key == f"{by_email}_email":
            _read_email(reading, key, value)
        elif key in known.fields:
            read_value(reading, key, known.fields[key], value)
        elif key in known.relations:
            relation = known.relations[key]
            _read_id(reading, key, relation.name, relation.optional, value)
        else:
            reading.wrong[key] = known.forbidden.get(key, "it is not known")
    if not changing:
        _need(reading, body, (name for name, one in known.fields.items() if one.required_on_create))
        needed = [key for key, one in known.relations.items() if not one.optional]
        if reading.email is not None and f"{by_email}_id" in needed:
            needed.remove(f"{by_email}_id")
            if f"{by_email}_id" in body:
                reading.wrong[f"{by_email}_email"] = "the id is given as well"
        _need(reading, body, needed)
    return reading


def _read_email(reading: Reading, key: str, value: Any) -> None:
    try:
        reading.email = str(read(Field(key, FieldType.EMAIL), value)).lower()
    except Invalid as error:
        reading.email = ""
        reading.wrong[key] = f"it is not {error}"


def read_value(reading: Reading, key: str, declared: Field, value: Any) -> None:
    """Read one field's value; null only where it is optional."""
    if value is None:
        if declared.optional:
            reading.values[declared.name] = None
        else:
            reading.wrong[key] = "it may not be null"
        return
    try:
        reading.values[declared.name] = read(declared, value)
    except Invalid as error:
        reading.wrong[key] = f"it is not {error}"


def _read_id(reading: Reading, key: str, name: str, optional: bool, value: Any) -> None:
    if value is None and optional:
        reading.values[name] = None
    elif isinstance(value, str):
        reading.values[name] = value.lower()
    else:
        reading.wrong[key] = "it is not an id"


def _need(reading: Reading, body: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if key not in body:
            reading.wrong[key] = "it is required"


def read_inputs(body: Any, inputs: Iterable[InputField], judge: Judge, tenant: Row | None) -> Any:
    """The record `input` of an operation or transition: values, rows, and lists of records."""
    declared = list(inputs)
    content = {} if body is None and not declared else read_object(body)
    reading = Reading()
    _read_record(reading, "", content, declared, _Rows(judge, tenant))
    reading.check()
    return reading.values


@dataclass(frozen=True)
class _Rows:
    """Which rows an input may name."""

    judge: Judge
    tenant: Row | None

    def find(self, item: RefInput, value: Any) -> Row | None:
        """The row that is named, None if it is not there or not for the subject."""
        judge = self.judge
        row = judge.view.store.find(item.entity, value) if isinstance(value, str) else None
        if row is None:
            return None
        if item.entity == USER:
            return row if user_fits(judge, row, self.tenant) else None
        if not in_tenant(judge.view, row, self.tenant):
            return None
        if item.access is RefAccess.ANY:
            return row
        entity = judge.view.application.entities[item.entity]
        if item.access is RefAccess.OWNER:
            owner = judge.view.follow(row, entity.owner_path) if entity.owner_path else None
            return row if owner is not None and owner.id == judge.subject.id else None
        return row if judge.readable(row) else None


def _read_record(
    reading: Reading,
    prefix: str,
    content: Mapping[str, Any],
    declared: Iterable[InputField],
    rows: _Rows,
) -> None:
    known: dict[str, InputField] = {
        f"{item.name}_id" if isinstance(item, RefInput) else item.name: item for item in declared
    }
    for key, value in content.items():
        item = known.get(key)
        if item is None:
            reading.wrong[prefix + key] = "it is not known"
        elif isinstance(item, ValueInput):
            _read_input(reading, prefix + key, item, value)
        elif isinstance(item, RefInput):
            _read_ref(reading, prefix + key, item, value, rows)
        else:
            _read_rows(reading, prefix + key, item, value, rows)
    for key, item in known.items():
        if key not in content:
            _fill_absent(reading, prefix + key, item, rows)


def _read_input(reading: Reading, key: str, item: ValueInput, value: Any) -> None:
    inner = Reading()
    read_value(inner, key, item.field, value)
    reading.wrong |= inner.wrong
    for read_one in inner.values.values():
        reading.values[item.name] = read_one


def _fill_absent(reading: Reading, key: str, item: InputField, rows: _Rows) -> None:
    if isinstance(item, ValueInput) and not item.field.required_on_create:
        reading.values[item.name] = default_value(rows.judge.view, item.field)
    elif isinstance(item, RefInput) and item.optional:
        reading.values[item.name] = None
    else:
        reading.wrong[key] = "it is required"


def _read_ref(reading: Reading, key: str, item: RefInput, value: Any, rows: _Rows) -> None:
    if value is None and item.optional:
        reading.values[item.name] = None
        return
    row = rows.find(item, value)
    if row is None:
        reading.wrong[key] = "there is no such row"
    else:
        reading.values[item.name] = row


def _read_rows(reading: Reading, key: str, item: RowsInput, value: Any, rows: _Rows) -> None:
    if not isinstance(value, list) or not item.minimum <= len(value) <= item.maximum:
        reading.wrong[key] = f"it is not a list of {item.minimum} to {item.maximum} objects"
        return
    records = []
    for index, content in enumerate(value):
        record = Reading()
        if not isinstance(content, dict):
            reading.wrong[f"{key}/{index}"] = "it is not an object"
            continue
        _read_record(record, f"{key}/{index}/", content, item.columns, rows)
        reading.wrong |= record.wrong
        records.append(record.values)
    reading.values[item.name] = records
