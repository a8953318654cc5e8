"""What a migration is about, in the few words that fit into a file name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from local_engine.generator.emit.relational.migration.plan import Plan

MAX_LENGTH = 50


def title_of(plan: Plan) -> str:
    """Such as `add_color_to_notes`: the weightiest change, in small letters and underscores."""
    title = next(_titles(plan), "change_rules")
    return re.sub(r"[^a-z0-9]+", "_", title.lower())[:MAX_LENGTH].strip("_")


def _titles(plan: Plan) -> Iterator[str]:
    for table in plan.created:
        yield f"add_{table.name}"
    for change in plan.changes:
        if change.was.name != change.after.name:
            yield f"rename_{change.was.name}_to_{change.after.name}"
    for table in plan.dropped:
        yield f"drop_{table.name}"
    for change in plan.changes:
        table_name = change.after.name
        for was, _ in change.renamed:
            yield f"rename_{was}_of_{table_name}"
        for column in change.added:
            yield f"add_{column.name}_to_{table_name}"
        for column in change.dropped:
            yield f"drop_{column.name}_of_{table_name}"
        for column in change.retyped:
            yield f"convert_{column.name}_of_{table_name}"
    yield from _words(plan)
    for change in plan.changes:
        if change.was != change.after:
            yield f"change_{change.after.name}"


def _words(plan: Plan) -> Iterator[str]:
    for name, states in plan.states.items():
        for old in states.words:
            yield f"rename_{old}_in_{name}"
    for role in plan.roles:
        yield f"rename_role_{role}"
