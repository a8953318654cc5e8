"""What the command line needs to know of a project. Parts are named and imported when needed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Project:
    """A project; each part is `package.module:name`.

    `application` makes the application from settings; `profile` says what accounts are like;
    `seed` fills demo data in a transaction; `tasks` is the queue of e-mail, webhooks and jobs.
    """

    name: str
    application: str
    migrations: Path
    profile: str
    seed: str | None = None
    tasks: str | None = None


def load(part: str) -> Any:
    """The object that `package.module:name` stands for."""
    module, _, name = part.partition(":")
    return getattr(importlib.import_module(module), name)
