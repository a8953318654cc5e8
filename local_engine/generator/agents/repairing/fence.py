"""Which edits of a Blueprint a repair may make: none that opens, takes away or renames anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from local_engine.generator.agents.providers import Fault
from local_engine.generator.blueprint import Document
from local_engine.generator.blueprint.editing import BaseEdit, apply_edits

_KINDS = frozenset(
    {"add_field", "change_field", "add_relation", "change_relation", "add_rule", "change_rule"}
    | {"change_operation", "change_report", "change_feed", "change_job", "change_email"}
    | {"change_transition", "set_initial_state"}
)
_WHO = frozenset({"by", "access", "read", "write", "private", "owner", "sign_up", "roles", "code"})
"""Keys that say who may do what, what is never shown, or that code of a person's is run."""


def outside_the_fence(edits: Sequence[BaseEdit], document: Document) -> tuple[Fault, ...]:
    """What a repair may not do, by its place in the answer. The edits fit the document."""
    faults = [
        Fault(f"/edits/{index}/edit", "A repair may not make edits of this kind.")
        for index, edit in enumerate(edits)
        if edit.edit not in _KINDS
    ]
    if faults:
        return tuple(faults)
    after = apply_edits(document, edits).document
    differing = set(_who(document.blueprint.plain())) ^ set(_who(after.blueprint.plain()))
    return tuple(
        Fault("/edits", f"A repair may not change {path}: it says who may do what.")
        for path in sorted({path for path, _ in differing})
    )


def _who(value: Any, path: str = "", *, says: bool = False) -> Iterator[tuple[str, str]]:
    """Every value that says who may do what, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _who(inner, f"{path}.{key}".lstrip("."), says=says or key in _WHO)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _who(inner, f"{path}[{index}]", says=says)
    elif says:
        yield path, repr(value)
