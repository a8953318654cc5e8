"""Steps from one state of a project to the next that a crash cannot leave half done.

New objects are written first; they change nothing. Then the step is written down: from here on
it counts as done, and whoever opens the project next finishes it if we do not. Then references
are swapped and files in the folder are replaced; doing that twice is doing it once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dulwich.objects import ObjectID

from local_engine.projects.atomic_file import write_atomically
from local_engine.projects.errors import ChangedMeanwhile, Obstructed
from local_engine.projects.repository import Repository
from local_engine.projects.worktree import check_out, obstacles

_FILE = "journal.json"
_FORMAT = 2


@dataclass(frozen=True)
class RefChange:
    """A reference and what it names before and after; None: it is not there."""

    name: str
    old: ObjectID | None
    new: ObjectID | None


@dataclass(frozen=True)
class Step:
    """What is to be done. `shows` are the trees of the folder before and after, `branch` HEAD's.

    `snapshot` is what the database is to become with it: that is owed once the step is done.
    """

    action: str
    refs: Sequence[RefChange]
    shows: tuple[ObjectID | None, ObjectID] | None = None
    branch: str | None = None
    snapshot: str | None = None


def carry_out(repository: Repository, step: Step) -> list[str]:
    """Do it. Returns the paths of files that the user changed at the same moment: they stay.

    Raises Obstructed or ChangedMeanwhile before anything is changed.
    """
    repository.flush()
    for change in step.refs:
        if repository.ref(change.name) != change.old:
            raise ChangedMeanwhile(change.name)
    if step.shows is not None:
        before, after = (repository.files(tree) for tree in step.shows)
        if found := obstacles(repository.folder, before, after):
            raise Obstructed(found)
    write_down(repository, step)
    kept = _finish(repository, step)
    if kept is None:
        raise ChangedMeanwhile(step.refs[0].name)
    return kept


def write_down(repository: Repository, step: Step) -> None:
    """Let a step count as done: it will be finished by whoever opens the project next."""
    write_atomically(repository.private / _FILE, _dump(step))


def finish_interrupted(repository: Repository) -> tuple[str, list[str]] | None:
    """Finish a step that was cut short: its action and the files kept; None if there is none.

    Where git was used in between and moved the branch, the step is given up: git's word counts.
    """
    try:
        text = (repository.private / _FILE).read_text("utf-8")
    except FileNotFoundError:
        return None
    step = _load(json.loads(text))
    return step.action, _finish(repository, step) or []


def _finish(repository: Repository, step: Step) -> list[str] | None:
    """The files kept; None if the first reference is neither as before nor as after."""
    for number, change in enumerate(step.refs):
        if repository.ref(change.name) == change.new:
            continue
        if not repository.swap_ref(change.name, change.old, change.new) and number == 0:
            (repository.private / _FILE).unlink()
            return None
    if step.branch is not None and repository.branch != step.branch:
        repository.show_branch(step.branch)
    kept = []
    if step.shows is not None:
        before, after = step.shows
        kept = check_out(repository, repository.files(before), repository.files(after))
    if step.snapshot is not None:
        repository.owe(step.snapshot)
    (repository.private / _FILE).unlink()
    return kept


def _dump(step: Step) -> bytes:
    document = {
        "format": _FORMAT,
        "action": step.action,
        "refs": [[change.name, _text(change.old), _text(change.new)] for change in step.refs],
        "shows": [_text(tree) for tree in step.shows] if step.shows else None,
        "branch": step.branch,
        "snapshot": step.snapshot,
    }
    return json.dumps(document, indent=1).encode()


def _load(document: dict[str, Any]) -> Step:
    if document["format"] != _FORMAT:
        raise ValueError(f"a journal of format {document['format']}, made by a newer version")
    shows = document["shows"]
    return Step(
        document["action"],
        [RefChange(name, _id(old), _id(new)) for name, old, new in document["refs"]],
        None if shows is None else (_id(shows[0]), ObjectID(shows[1].encode())),
        document["branch"],
        document["snapshot"],
    )


def _text(id_: ObjectID | None) -> str | None:
    return None if id_ is None else id_.decode()


def _id(text: str | None) -> ObjectID | None:
    return None if text is None else ObjectID(text.encode())
