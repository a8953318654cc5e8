"""What was given up is kept for a time: discarded branches, abandoned merges."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from dulwich.objects import ObjectID

from local_engine.projects.journal import RefChange
from local_engine.projects.repository import Repository

_GIVEN_UP = "refs/backend-generator/given-up/"
KEPT_DAYS = 30
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class GivenUp:
    """Something that was given up; `ref` names it, `commit` is its newest version."""

    ref: str
    name: str
    commit: ObjectID
    time: datetime


def set_aside(repository: Repository, commit: ObjectID, name: str) -> RefChange:
    """The change that keeps a commit under a new name, which tells when that was."""
    at = int(time.time())
    taken = repository.refs(_GIVEN_UP)
    while (ref := f"{_GIVEN_UP}{at}/{name}") in taken:
        at += 1
    return RefChange(ref, None, commit)


def given_up(repository: Repository) -> list[GivenUp]:
    """What can be had back, the newest first."""
    found = []
    for ref, commit in repository.refs(_GIVEN_UP).items():
        stamp, _, name = ref.removeprefix(_GIVEN_UP).partition("/")
        if stamp.isdecimal():
            found.append(GivenUp(ref, name, commit, datetime.fromtimestamp(int(stamp), UTC)))
    return sorted(found, key=lambda item: item.ref, reverse=True)


def expired(repository: Repository) -> list[RefChange]:
    """The changes that let go what was given up too long ago."""
    oldest = datetime.fromtimestamp(time.time() - KEPT_DAYS * _DAY_SECONDS, UTC)
    return [
        RefChange(item.ref, item.commit, None)
        for item in given_up(repository)
        if item.time < oldest
    ]
