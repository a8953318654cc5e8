"""The best candidate of a repair: what it changes, kept until a person accepts or discards it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from local_engine.generator.blueprint import load
from local_engine.projects import Cause, Project, ProjectError, Version
from local_engine.projects.sides import sides_of

BLUEPRINT = "blueprint.yaml"
_ENCODING = ("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Step:
    """One change that is better by itself: texts by path (None: the file goes), or a Blueprint.

    Bytes that are no UTF-8 are surrogates (PEP 383).
    """

    title: str
    texts: Mapping[str, str | None]
    blueprint: str | None = None

    @classmethod
    def of_files(cls, title: str, changes: Mapping[str, bytes | None]) -> Step:
        """A step that changes files."""
        return cls(
            title,
            {
                path: None if content is None else content.decode(*_ENCODING)
                for path, content in changes.items()
            },
        )

    @property
    def paths(self) -> set[str]:
        """What it changes."""
        return {*self.texts, *([BLUEPRINT] if self.blueprint is not None else [])}


@dataclass(frozen=True)
class Candidate:
    """Steps, each of which becomes a version.

    `found` are the SHA-256 digests of the files in the place of theirs when it was made (None: no
    file), `differences` what it changes in them, as unified diffs by path.
    """

    steps: tuple[Step, ...]
    found: Mapping[str, str | None]
    differences: Mapping[str, str]

    @classmethod
    def of(
        cls,
        steps: tuple[Step, ...],
        present: Mapping[str, bytes],
        differences: Mapping[str, str],
    ) -> Candidate:
        """The candidate that takes these steps from the files as they are."""
        paths = {path for step in steps for path in step.paths}
        return cls(steps, {path: _digest(present.get(path)) for path in sorted(paths)}, differences)

    @classmethod
    def load(cls, text: str) -> Candidate:
        """Read what `dump` wrote."""
        found = json.loads(text)
        steps = tuple(Step(**step) for step in found["steps"])
        return cls(steps, found["found"], found["differences"])

    def dump(self) -> str:
        """As JSON text."""
        return json.dumps(asdict(self), indent=1) + "\n"


def accept(project: Project, candidate: Candidate) -> Version:
    """Make a version of each step and give the last; what was there is the version before.

    Raises ProjectError, also where one of its files was changed since the candidate was made, and
    MigrationRefused. Steps that were taken before stay: each is better than what was there.
    """
    present = sides_of(project).present
    for path, digest in candidate.found.items():
        if _digest(present.get(path)) != digest:
            raise ProjectError(
                f"{path} was changed since this repair was made", hint="repair it again"
            )
    for step in candidate.steps:
        if step.blueprint is not None:
            outcome = project.generate(load(step.blueprint), cause=Cause.REPAIR)
            if outcome.pending is not None:
                raise ProjectError(
                    "the repaired Blueprint conflicts with what you wrote meanwhile",
                    hint="`conflicts` shows where",
                )
        else:
            changes = {
                path: None if text is None else text.encode(*_ENCODING)
                for path, text in step.texts.items()
            }
            project.apply(changes, Cause.REPAIR, step.title)
    return project.head()


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
