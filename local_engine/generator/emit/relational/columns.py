"""The columns of an entity's table."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    USER,
    Entity,
    ExpressionDefault,
    Field,
    LiteralDefault,
    SlugDefault,
    ToOne,
)
from local_engine.generator.emit.relational.column_types import TEXT_TYPES, column_type
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.derived import kept, starts_at_zero
from local_engine.generator.emit.relational.literals import constant
from local_engine.generator.emit.relational.names import (
    COLLATION,
    field_column,
    literal,
    quote,
    relation_column,
)
from local_engine.generator.emit.relational.row_sql import computed_sql, path_sql, sql_of
from local_engine.generator.emit.relational.schema import Column

_ACCENTS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
"""Combining marks, as PostgreSQL's regular expressions write them."""


def columns_of(context: Context, entity: Entity) -> tuple[Column, ...]:
    """All columns of the table; of User only those that are the application's own."""
    own = [_of_field(context, entity, field) for field in entity.fields.values()]
    if entity.name == USER:
        return tuple(own)
    relations = sorted(entity.to_one.values(), key=lambda relation: not relation.implicit)
    return (
        Column("id", "uuid", default="uuidv7()"),
        *(_of_relation(relation) for relation in relations),
        *own,
        *_state(entity),
        Column("version", "bigint", default="1"),
        Column("created_at", "timestamptz", default="now()"),
        Column("updated_at", "timestamptz", default="now()"),
    )


def _of_relation(relation: ToOne) -> Column:
    name = relation_column(relation.name)
    return Column(name, "uuid", relation.optional, description=relation.description)


def _state(entity: Entity) -> Iterator[Column]:
    if entity.states is not None:
        initial = literal(entity.states.initial)
        yield Column(entity.states.field, "text", default=initial, collation=COLLATION)


def _of_field(context: Context, entity: Entity, field: Field) -> Column:
    application = context.application
    generated = None
    nullable = field.optional
    if field.computed is not None:
        generated = computed_sql(application, entity, field)
        nullable = field.computed.nullable
    if field.derived is not None:
        nullable = not starts_at_zero(field)
    return Column(
        field_column(field),
        column_type(field, application.currency_digits),
        nullable=nullable,
        default=_default(context, entity, field),
        generated=generated,
        collation=COLLATION if field.type in TEXT_TYPES else None,
        backfill=_backfill(context, entity, field),
        reads=_reads(context, entity, field),
        description=field.description,
    )


def _default(context: Context, entity: Entity, field: Field) -> str | None:
    """What the database fills in; defaults that read the row or the user are the service's."""
    if starts_at_zero(field):
        return "0"
    match field.default:
        case LiteralDefault(value):
            return constant(value)
        case ExpressionDefault(expression) if not expression.paths():
            return sql_of(context.application, entity, expression)
    return None


def _backfill(context: Context, entity: Entity, field: Field) -> str | None:
    row = quote(entity.table)
    if field.derived is not None:
        return kept(context, entity, field).worked_out(f"{row}.id")
    if field.copied_from is not None:
        return path_sql(context.application, entity, field.copied_from, row)
    match field.default:
        case SlugDefault(name):
            return slug_sql(f"{row}.{quote(name)}", field.maximum)
        case ExpressionDefault(expression) if _reads_row(expression):
            return sql_of(context.application, entity, expression, row)
    return None


def _reads_row(expression: Expression) -> bool:
    return bool(expression.paths()) and not expression.uses_user


def slug_sql(text: str, longest: object) -> str:
    """The slug of a text (docs/blueprint.md §4); accents are dropped, other letters become `-`."""
    letters = f"regexp_replace(normalize({text}, NFKD), '[{_ACCENTS}]', '', 'g')"
    dashed = f"trim(BOTH '-' FROM regexp_replace(lower({letters}), '[^a-z0-9]+', '-', 'g'))"
    return f"coalesce(nullif(rtrim(left({dashed}, {longest or 80}), '-'), ''), 'item')"


def _reads(context: Context, entity: Entity, field: Field) -> tuple[str, ...]:
    """The columns that a derived value depends on."""
    if field.derived is None:
        return ()
    value = kept(context, entity, field)
    return tuple(f"{value.child.table}.{column}" for column in value.columns())
