"""What a change would do to the data that is there: tried on a copy, counted on the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_engine.generator.blueprint import Document
from local_engine.projects.snapshots import Snapshots
from local_engine.runtime.snapshots import Applied, Rehearsal, Script
from local_engine.runtime.snapshots.rehearsal import in_words
from local_engine.runtime.snapshots.scripts import checksum_of, missing_from, scripts_in


@dataclass(frozen=True)
class Foreseen:
    """A rehearsal, and the answer to each question about the present data; None: none."""

    rehearsal: Rehearsal
    counts: tuple[int | None, ...]
    names: dict[str, str]

    @property
    def lines(self) -> list[str]:
        """What comes of it, in words."""
        return in_words(self.rehearsal, self.names)

    def facts(self) -> dict[str, Any]:
        """The JSON object for programs."""
        found = self.rehearsal
        kinds = ("rows", "changed", "emptied", "lost")
        return {
            **{kind: dict(getattr(found, kind)) for kind in kinds},
            "migrations": list(found.migrations),
            "at": found.at,
            "refused": found.refused,
        }


def foresee(
    folder: Path,
    snapshots: Snapshots,
    base: Document,
    *,
    up: str | None = None,
    questions: Sequence[str] = (),
) -> Foreseen | None:
    """Try migrations on a copy of a project's data: those that wait in its folder, then `up`.

    `questions` are queries that count. None where there is no data, or nothing to try. Raises
    SnapshotError, OSError.
    """
    if not snapshots.has_database(folder):
        return None
    with snapshots.open(folder) as database:
        scripts = missing_from(database.migrations, scripts_in(folder))
        if scripts is None or not database.has_rows:
            return None
        if up is not None and up.strip():
            number = len(database.migrations) + len(scripts) + 1
            scripts = (*scripts, Script(Applied(number, "change", checksum_of(up)), up))
        if not scripts:
            return None
        names = {entity.table: name for name, entity in base.application.entities.items()}
        counts = tuple(database.count(question) for question in questions)
        return Foreseen(database.rehearse(scripts), counts, names)
