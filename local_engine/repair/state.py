"""The best state of a project that a repair has found so far, and the steps that lead there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from local_engine.generator.blueprint import Document
from local_engine.projects.sides import Sides
from local_engine.repair.candidate import Candidate, Step
from local_engine.repair.standing import Standing
from local_engine.repair.trying import Changes, Trials


class State:
    """Begins as the project is. `trials` try changes of the files as they are in this state."""

    def __init__(
        self, folder: Path, sides: Sides, document: Document, trials: Trials, standing: Standing
    ) -> None:
        self.folder = folder
        self.document = document
        self.trials = trials
        self.standing = standing
        self._sides = sides
        self._steps: list[Step] = []

    @property
    def generated(self) -> Mapping[str, bytes]:
        """What the generator wrote."""
        return self._sides.generated

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files of this state."""
        return self.trials.files

    def change(self, title: str, changes: Changes, standing: Standing) -> None:
        """Go on from here with other files."""
        self._steps.append(Step.of_files(title, changes))
        merged = {**self.files, **changes}
        self.trials.files = {path: one for path, one in merged.items() if one is not None}
        self.standing = standing

    def regenerate(
        self, title: str, document: Document, files: Mapping[str, bytes], standing: Standing
    ) -> None:
        """Go on from here with another Blueprint, and the files that follow from it."""
        self._steps.append(Step(title, {}, document.text))
        self.document, self.trials.application = document, document.application
        self.trials.files, self.standing = files, standing

    def candidate(self) -> Candidate | None:
        """What leads here from the project as it is; None where nothing does."""
        if not self._steps:
            return None
        present = self._sides.present
        paths = sorted({path for step in self._steps for path in step.paths})
        differences = {
            path: _difference(path, present.get(path), self.files.get(path)) for path in paths
        }
        return Candidate.of(tuple(self._steps), present, differences)


def _difference(path: str, before: bytes | None, after: bytes | None) -> str:
    old, new = (
        (side or b"").decode(errors="replace").splitlines(keepends=True) for side in (before, after)
    )
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
