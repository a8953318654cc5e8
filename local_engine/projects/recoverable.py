"""What was given up is kept for a time: discarded branches, abandoned merges."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dulwich.objects import ObjectID

from local_engine.projects.atomic_file import write_atomically
from local_engine.projects.journal import RefChange
from local_engine.projects.repository import Repository

_GIVEN_UP = "refs/backend-generator/given-up/"
MERGE = "_merge"  # what an abandoned merge is called; no trial is
KEPT_DAYS = 30
GRACE_DAYS = 7
_SEEN = "expiring.json"
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
    at = int(now())
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
    """The changes that let go what was given up too long ago.

    It must be found too old twice, a week apart: a clock that is wrong once lets nothing go.
    """
    moment = now()
    oldest = datetime.fromtimestamp(moment - KEPT_DAYS * _DAY_SECONDS, UTC)
    old = {item.ref: item for item in given_up(repository) if item.time < oldest}
    file = repository.private / _SEEN
    before = _seen(file)
    seen = {ref: min(before.get(ref, moment), moment) for ref in old}
    if seen != before:
        write_atomically(file, json.dumps(seen).encode())
    return [
        RefChange(ref, item.commit, None)
        for ref, item in old.items()
        if seen[ref] <= moment - GRACE_DAYS * _DAY_SECONDS
    ]


def now() -> float:
    """The time, in seconds since 1970."""
    return time.time()


def _seen(file: Path) -> dict[str, float]:
    """When each was first found too old."""
    try:
        found = json.loads(file.read_text("utf-8"))
        return {str(ref): float(at) for ref, at in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
