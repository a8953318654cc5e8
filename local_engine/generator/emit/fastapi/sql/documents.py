"""A row as the JSON that answers show (docs/blueprint.md §3), built by PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, Entity, Field, FieldType
from local_engine.generator.emit.fastapi.sql.access import admits
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import TRUE, in_f_string, indented, wrapped
from local_engine.generator.emit.relational.names import quote, relation_column


@dataclass(frozen=True)
class Key:
    """One key of the document: the SQL of its value, and the condition under which it is there.

    `plain` tells that the value is a column of the same name.
    """

    name: str
    sql: str
    visible: str = TRUE
    plain: bool = False


def document_keys(row: Row) -> Iterator[Key]:
    """The keys of a row's document, in their order."""
    entity = row.entity
    yield Key("id", row.id, plain=True)
    for relation in entity.to_one.values():
        if relation.implicit:
            yield _relation(row, relation.name, None)
    for field in entity.fields.values():
        if not field.private:
            yield field_key(row, field)
    for relation in entity.to_one.values():
        if not relation.implicit:
            yield _relation(row, relation.name, relation.visible_to)
    if entity.states is not None and entity.states.field not in entity.fields:
        yield Key(entity.states.field, row.value(entity.states.field), plain=True)
    for name in ("created_at", "updated_at"):
        yield Key(name, row.value(name), plain=True)


def visible(access: Access | None, row: Row) -> str:
    """The condition that a field is shown."""
    return TRUE if access is None else admits(access, row)


def _relation(row: Row, name: str, access: Access | None) -> Key:
    return Key(relation_column(name), row.value(name), visible(access, row), plain=True)


def field_key(row: Row, field: Field) -> Key:
    """The key of a field."""
    column, shown = row.value(field.name), visible(field.visible_to, row)
    match field.type:
        case FieldType.MONEY | FieldType.DECIMAL:
            return Key(field.name, f"{column}::text", shown)
        case FieldType.DURATION:
            seconds = f"extract(epoch FROM {column})::double precision"
            return Key(field.name, f"make_interval(secs => {seconds})::text", shown)
        case FieldType.FILE:
            return Key(field.name, f'{{FILE_DOCUMENT.format(id="{column}")}}', shown)
        case _:
            return Key(field.name, column, shown, plain=True)


def uses_files(entity: Entity) -> bool:
    """Whether the document shows a file, for which it needs FILE_DOCUMENT."""
    return any(f.type is FieldType.FILE and not f.private for f in entity.fields.values())


def document_sql(row: Row) -> str:
    """The document as an expression (the inside of an f-string), of type json or text."""
    keys = list(document_keys(row))
    if all(key.visible == TRUE for key in keys):
        columns = wrapped([select_item(key) for key in keys], 15, 90)
        return (
            "(\n    SELECT row_to_json(document)\n    FROM (\n"
            f"        SELECT {columns}\n    ) AS document\n)"
        )
    parts = ["'{{'"]
    for index, key in enumerate(keys):
        parts.append(_part(key, "," if index else ""))
    return "(\n" + indented("\n|| ".join([*parts, "'}}'"])) + "\n)"


def select_item(key: Key) -> str:
    """The key as an item of a SELECT list that is named like it."""
    return key.sql if key.plain else f"{key.sql} AS {quote(key.name)}"


def _part(key: Key, comma: str) -> str:
    """One key with its value, as text; nothing where it is not visible."""
    value = f"coalesce(to_json({key.sql})::text, 'null')"
    text = f"'{comma}\"{key.name}\":' || {value}"
    if key.visible == TRUE:
        return text
    return f"CASE WHEN {in_f_string(key.visible)} THEN {text} ELSE '' END"
