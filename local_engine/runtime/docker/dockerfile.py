"""A project's Dockerfile in two: what all projects share, and the project's own thin layer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_engine.runtime.docker.labels import IMAGES

FILE = "Dockerfile"
LOCK = "requirements.lock"
STAGE = "runtime"
_CUT = re.compile(rf"^FROM +{STAGE} *$", re.MULTILINE | re.IGNORECASE)
_NAMED = re.compile(rf"^FROM +\S+ +AS +{STAGE} *$", re.MULTILINE | re.IGNORECASE)
_BASE = re.compile(r"^FROM +(?:--\S+ +)*(\S+)(?: +AS +(\S+))? *$", re.MULTILINE | re.IGNORECASE)
_FROM = re.compile(r"^FROM .*$", re.MULTILINE | re.IGNORECASE)
_MORE = Path("extensions") / "requirements.txt"
_INSTALLS_MORE = re.compile(
    r"^COPY \S+ extensions/requirements\.tx\[t\] /\n"
    r"RUN if \[ -f /requirements\.txt \]; then(?: .*\\\n)+.*; fi\n",
    re.MULTILINE,
)
"""The two steps that do nothing without that file, and take half a second for it."""


@dataclass(frozen=True)
class Recipe:
    """How a project's image is built. `shared` is None where a person wrote it another way."""

    shared: str | None
    own: str
    lock: bytes

    @property
    def runtime_tag(self) -> str:
        """The name of the image with the dependencies: what it is made of, in short."""
        digest = hashlib.sha256((self.shared or "").encode() + b"\0" + self.lock)
        return f"{IMAGES}runtime:{digest.hexdigest()[:16]}"

    @property
    def public_images(self) -> tuple[str, ...]:
        """The images of others that a build begins with; none once the shared one is built."""
        text = (self.shared or "") + self.own
        stages = {found[2].lower() for found in _BASE.finditer(text) if found[2]}
        names = (found[1] for found in _BASE.finditer(text))
        return tuple(dict.fromkeys(name for name in names if _is_public(name, stages)))

    def own_dockerfile(self, labels: Mapping[str, str]) -> str:
        """The Dockerfile of the project's image, on top of the shared one if there is one."""
        own = self.own if self.shared is None else f"FROM {self.runtime_tag}{self.own}"
        return labelled(own, labels)


def _is_public(name: str, stages: set[str]) -> bool:
    return name.lower() not in stages and name != "scratch" and "$" not in name


def read_recipe(project: Path) -> Recipe:
    """The recipe of the project in this folder. Raises `OSError`."""
    text = (project / FILE).read_text(encoding="utf-8")
    lock_file = project / LOCK
    lock = lock_file.read_bytes() if lock_file.is_file() else b""
    cuts = list(_CUT.finditer(text))
    if len(cuts) != 1 or not _NAMED.search(text[: cuts[0].start()]):
        return Recipe(None, text, lock)
    own = text[cuts[0].end() :]
    if not (project / _MORE).exists():
        own = _INSTALLS_MORE.sub("", own)
    return Recipe(text[: cuts[0].start()], own, lock)


def labelled(dockerfile: str, labels: Mapping[str, str]) -> str:
    """The same with labels in every stage from its first step on: intermediate images have them."""
    words = " ".join(f"{json.dumps(name)}={json.dumps(value)}" for name, value in labels.items())
    return _FROM.sub(lambda found: f"{found[0]}\nLABEL {words}", dockerfile)
