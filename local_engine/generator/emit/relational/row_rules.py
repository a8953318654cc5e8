"""`check` rules: over the row alone a constraint, over other rows or the clock a trigger."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Check, Entity
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import quote
from local_engine.generator.emit.relational.paths import locks, own_columns
from local_engine.generator.emit.relational.row_sql import sql_of
from local_engine.generator.emit.relational.schema import Check as CheckConstraint
from local_engine.generator.emit.relational.schema import Function, Trigger


def is_constraint(rule: Check) -> bool:
    """Whether a check constraint can keep the rule: it reads the row alone, on every write."""
    return rule.on_create and rule.on_update and rule.expression.reads_only_own_fields


def check_constraint(context: Context, entity: Entity, rule: Check) -> CheckConstraint:
    """The constraint of a rule for which `is_constraint` holds."""
    condition = sql_of(context.application, entity, rule.expression)
    return CheckConstraint(context.constraints[rule.id], condition)


def check_trigger(context: Context, entity: Entity, rule: Check) -> tuple[Function, Trigger]:
    """The trigger of any other rule.

    It looks at the finished row, after the locks are taken, in a statement of its own: so it sees
    what others have committed in the meantime.
    """
    name = context.constraints[rule.id]
    condition = sql_of(context.application, entity, rule.expression, "NEW")
    paths = rule.expression.paths()
    events = ("INSERT",) * rule.on_create + ("UPDATE",) * rule.on_update
    statements = [unwritten(own_columns(entity, paths))] if rule.on_update else []
    statements += locks(context, entity, paths)
    statements += [
        plpgsql.if_then(
            plpgsql.negated(condition), [plpgsql.refuse(name, entity.table, rule.message)]
        ),
        "RETURN NULL;",
    ]
    function = Function(
        f"{quote(name)}()",
        plpgsql.body(statements),
        description=f"{rule.id}: {rule.expression.text}",
    )
    audit = None
    if len(events) == 2 and not rule.expression.uses_now:
        row = quote(entity.table)
        audit = f"NOT ({sql_of(context.application, entity, rule.expression, row)})"
    return function, Trigger(name, "AFTER", events, name, audit=audit)


def unwritten(columns: tuple[str, ...]) -> str:
    """Leaves the trigger when nobody wrote the row.

    The version tells whether anything changed at all. Other triggers and foreign keys change rows
    too, when they keep derived values right or set references to null; such a change matters only
    if it touches what the rule reads.
    """
    indirect = ["pg_trigger_depth() > 1"]
    if columns:
        indirect.append(plpgsql.unchanged(columns))
    meant = "\n".join(["NEW.version = OLD.version", f"OR {plpgsql.all_of(*indirect)}"])
    condition = f"TG_OP = 'UPDATE' AND (\n{plpgsql.indented([meant])}\n)"
    return plpgsql.if_then(condition, ["RETURN NULL;"])
