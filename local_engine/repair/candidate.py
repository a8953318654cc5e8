"""The best candidate of a repair: what it changes, kept until a person accepts or discards it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from local_engine.projects import Cause, Project, ProjectError, Version
from local_engine.projects.sides import sides_of

_ENCODING = ("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Candidate:
    """Texts by path that the project would get (None: the file goes), and why.

    `found` are the SHA-256 digests of the files in their place when it was made (None: no file).
    Bytes that are no UTF-8 are surrogates (PEP 383).
    """

    title: str
    texts: Mapping[str, str | None]
    found: Mapping[str, str | None]

    @classmethod
    def of(
        cls, title: str, changes: Mapping[str, bytes | None], present: Mapping[str, bytes]
    ) -> Candidate:
        """The candidate that makes these changes to these files."""
        texts = {
            path: None if content is None else content.decode(*_ENCODING)
            for path, content in changes.items()
        }
        return cls(title, texts, {path: _digest(present.get(path)) for path in changes})

    @classmethod
    def load(cls, text: str) -> Candidate:
        """Read what `dump` wrote."""
        return cls(**json.loads(text))

    def dump(self) -> str:
        """As JSON text."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @property
    def changes(self) -> dict[str, bytes | None]:
        """The new contents by path."""
        return {
            path: None if text is None else text.encode(*_ENCODING)
            for path, text in self.texts.items()
        }


def accept(project: Project, candidate: Candidate) -> Version:
    """Make the candidate the newest version; what was there is the version before.

    Raises ProjectError, and has changed nothing then; also where one of its files was changed
    since the candidate was made.
    """
    present = sides_of(project).present
    for path, digest in candidate.found.items():
        if _digest(present.get(path)) != digest:
            raise ProjectError(
                f"{path} was changed since this repair was made", hint="repair it again"
            )
    return project.apply(candidate.changes, Cause.REPAIR, candidate.title)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else sha256(content).hexdigest()
