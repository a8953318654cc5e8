"""An operator's files: fixed parts, filled in with what is a project's own.

Lines of a fixed part that begin with `#worker|` are for projects that send something or have jobs,
those with `#mail|` for projects that send e-mail; the others do not have them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from local_engine.generator.blueprint.resolved import Application

_FIXED = Path(__file__).parent / "fixed"
_OPTIONAL = re.compile(r"^#(worker|mail)\|(.*\n)", re.MULTILINE)
_PLACE = re.compile(r"\{\{([a-z_]+)\}\}")
_DIGEST_LENGTH = 12


class Filling:
    """What fixed parts are filled in with. `texts` are further files, whose digests have names."""

    def __init__(self, application: Application, texts: Mapping[str, str] | None = None) -> None:
        sends = bool(application.emails or application.webhooks or application.jobs)
        self.worker = sends
        self._taken = {"worker": sends, "mail": bool(application.emails)}
        self._values = {"slug": application.slug, "name": _one_line(application.name)}
        for name, text in (texts or {}).items():
            digest = sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
            self._values[f"{name}_digest"] = digest

    def files(self, folder: str, *names: str) -> dict[str, bytes]:
        """The fixed parts of a folder by their names, filled in."""
        return {name: self._filled(fixed(f"{folder}/{name}")).encode() for name in names}

    def _filled(self, text: str) -> str:
        chosen = _OPTIONAL.sub(lambda found: found[2] if self._taken[found[1]] else "", text)
        return _PLACE.sub(lambda found: self._values[found[1]], chosen)


def fixed(path: str) -> str:
    """A fixed part as it stands."""
    return (_FIXED / path).read_text(encoding="utf-8")


def _one_line(text: str) -> str:
    """A name of a product in a comment or a heading."""
    return " ".join(text.split())
