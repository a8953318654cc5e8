"""Triggers that delete first what would be in the way of a cascade; see `chains`.

Meanwhile, derived values of rows that go as well are left alone: they mean nothing any more, might
break rules on the way, and a row cannot be changed by its own deletion. The ids of these rows are
kept in a setting of the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from local_engine.generator.blueprint.resolved import Entity
from local_engine.generator.emit.relational import plpgsql
from local_engine.generator.emit.relational.chains import Chain
from local_engine.generator.emit.relational.context import Context
from local_engine.generator.emit.relational.names import quote, relation_column, shortened
from local_engine.generator.emit.relational.schema import Function, Trigger

_GOING = "project.going"
_SETTING = f"coalesce(current_setting('{_GOING}', true), '')"


def deletion_trigger(context: Context, entity: Entity) -> Iterator[tuple[Function, Trigger]]:
    """Deletes the rows at the lower ends of the chains to a row of the entity."""
    chains = context.chains.get(entity.name, ())
    if not chains:
        return
    name = shortened(f"{entity.table}_going")
    statements = [
        _remember(context, chains),
        f"PERFORM set_config('{_GOING}', _going, true);",
        *(_delete(context, chain) for chain in chains),
        f"PERFORM set_config('{_GOING}', _before, true);",
        "RETURN OLD;",
    ]
    text = plpgsql.body(statements, [f"_before text := {_SETTING};", "_going text;"])
    description = f"What goes with {entity.table} and refers to what goes with it, goes first."
    function = Function(f"{quote(name)}()", text, description=description)
    yield function, Trigger(name, "BEFORE", ("DELETE",), name)


def unless_going(context: Context, parent: Entity) -> str:
    """The end of a condition that leaves out rows of the parent that are being deleted."""
    if parent.name not in context.going:
        return ""
    return f"\n    AND strpos({_SETTING}, id::text) = 0"


def _remember(context: Context, chains: Sequence[Chain]) -> str:
    """Adds the ids of the row and of all rows above the lowest ones to those that are going."""
    above = [_above(context, chain) for chain in chains if len(chain) > 1]
    sources = "\nUNION ALL\n".join(["SELECT OLD.id", *dict.fromkeys(above)])
    ids = [
        f"SELECT string_agg(id::text, ' ') FROM (\n{plpgsql.indented([sources])}\n) AS going (id)"
    ]
    return f"_going := _before || (\n{plpgsql.indented(ids)}\n);"


def _above(context: Context, chain: Chain) -> str:
    """The ids of the rows that the lowest rows of the chain are going with."""
    above = context.entity(context.entity(chain[0][0]).to_one[chain[0][1]].to)
    return f"SELECT id FROM {quote(above.table)} WHERE {_leads_to_old(context, chain[1:])}"


def _delete(context: Context, chain: Chain) -> str:
    table = quote(context.entity(chain[0][0]).table)
    return f"DELETE FROM {table}\nWHERE {_leads_to_old(context, chain)};"


def _leads_to_old(context: Context, chain: Chain) -> str:
    """The condition over the lowest rows of the chain that it ends at OLD."""
    keys = "= OLD.id"
    for name, relation in reversed(chain[1:]):
        table, column = quote(context.entity(name).table), quote(relation_column(relation))
        keys = f"IN (SELECT id FROM {table} WHERE {column} {keys})"
    return f"{quote(relation_column(chain[0][1]))} {keys}"
