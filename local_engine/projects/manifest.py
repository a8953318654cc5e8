"""What the generator last wrote into a project folder, so that edits by hand are recognised."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = ".backend-generator"
MANIFEST_FILE = "manifest.json"
FORMAT = 1


def digest(content: bytes) -> str:
    """SHA-256 of a file's content, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """The digest of every generated file, by its path in the project (POSIX form)."""

    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, project: Path) -> Manifest | None:
        """The manifest of a project folder; None where nothing was generated yet.

        Raises ValueError if the file is there but cannot be understood.
        """
        path = project / FOLDER / MANIFEST_FILE
        if not path.is_file():
            return None
        try:
            document = json.loads(path.read_text("utf-8"))
            if document["format"] != FORMAT:
                raise ValueError(f"format {document['format']} is not {FORMAT}")
            return cls({str(name): str(value) for name, value in document["files"].items()})
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is damaged: {error!r}") from error

    def dump(self) -> bytes:
        """The manifest as the bytes of its file."""
        document = {"format": FORMAT, "files": dict(sorted(self.files.items()))}
        return (json.dumps(document, indent=1) + "\n").encode()
