"""Editing a Blueprint: typed edits, applied to its text all or nothing, and their inverses."""

from local_engine.generator.blueprint.editing.applying import Applied, EditsRefused, apply_edits
from local_engine.generator.blueprint.editing.edit import BaseEdit
from local_engine.generator.blueprint.editing.kinds import Edit
from local_engine.generator.blueprint.editing.reading import (
    edit_json_schema,
    edits_of,
    read_edits,
    write_edits,
)

__all__ = [
    "Applied",
    "BaseEdit",
    "Edit",
    "EditsRefused",
    "apply_edits",
    "edit_json_schema",
    "edits_of",
    "read_edits",
    "write_edits",
]
