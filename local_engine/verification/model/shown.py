"""Rows as answers show them: which keys an actor gets, in JSON form."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint.resolved import USER, Entity, FieldType
from local_engine.verification.model.access import Judge
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import show, show_datetime


def shown(judge: Judge, row: Row) -> dict[str, Any]:
    """The body of a row for this subject."""
    view = judge.view
    entity = view.application.entities[row.entity]
    if entity.name == USER:
        return shown_user(judge, row)
    body: dict[str, Any] = {"id": row.id}
    for name, relation in entity.to_one.items():
        if judge.sees(relation.visible_to, row):
            body[f"{name}_id"] = row.values.get(name)
    for name, field in entity.fields.items():
        if not field.private and judge.sees(field.visible_to, row):
            body[name] = show(field, view.get(row, name))
    return body | _system(entity, row)


def _system(entity: Entity, row: Row) -> dict[str, Any]:
    state = {entity.states.field: row.values[entity.states.field]} if entity.states else {}
    return state | {
        "created_at": show_datetime(row.created_at),
        "updated_at": show_datetime(row.updated_at),
    }


def shown_user(judge: Judge, row: Row) -> dict[str, Any]:
    """The body of an account, as `/users` and `/users/me` give it."""
    entity = judge.view.application.entities[USER]
    body: dict[str, Any] = {
        "id": row.id,
        "email": row.values["email"],
        "roles": list(row.values["roles"]),
    }
    for name, field in entity.fields.items():
        if name not in body and not field.private and field.type is not FieldType.FILE:
            body[name] = show(field, judge.view.get(row, name))
    return body | _system(entity, row)
