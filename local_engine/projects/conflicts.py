"""Conflicts: what a person must decide because both they and the generator changed it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from local_engine.projects.trees import Entry


class ConflictKind(StrEnum):
    """What happened on the two sides."""

    BOTH_CHANGED = "both changed"
    BOTH_ADDED = "both added"
    YOU_DELETED = "deleted by you, changed by the generator"
    GENERATOR_DELETED = "changed by you, no longer generated"
    SIGNATURE = "the signature of an extension point changed"
    NOT_TEXT = "both changed, and it is not text"
    FOLDER = "your file has the name of a generated folder"


@dataclass(frozen=True)
class Conflict:
    """One file to decide on. None as a side: the file is not there on that side.

    `ours` is what the user sees, `theirs` what the generator made; `proposed` is what we would
    take, and `reason` says why. `resolved` is whether a decision was made; it is `resolution`.
    """

    path: str
    kind: ConflictKind
    base: Entry | None
    ours: Entry | None
    theirs: Entry | None
    proposed: Entry | None
    reason: str
    resolved: bool = False
    resolution: Entry | None = None

    def is_same_question(self, other: Conflict) -> bool:
        """Whether a decision on the other one answers this one."""
        mine = (self.path, self.kind, self.base, self.ours, self.theirs)
        return mine == (other.path, other.kind, other.base, other.ours, other.theirs)
