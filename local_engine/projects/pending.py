"""A merge that waits for decisions, kept in the repository: it survives whatever happens to us.

It is a commit below `refs/backend-generator/pending/`, whose parents are both sides and whose
tree holds the result so far, the questions, and every content that they speak of, so that git
keeps those too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from dulwich.objects import ObjectID, Tree

from local_engine.projects.conflicts import Conflict, ConflictKind
from local_engine.projects.errors import MergePending
from local_engine.projects.merging import Merge
from local_engine.projects.repository import GENERATOR, Repository
from local_engine.projects.trees import FILE, Entry
from local_engine.projects.versions import Cause

_PENDING = "refs/backend-generator/pending/"
_FORMAT = 1
_STATE = b"state.json"
_MERGED = b"merged"
_PARTS = b"parts"
_FOLDER = 0o040000


def pending_ref(branch: str) -> str:
    """Where the waiting merge of a branch is."""
    return f"{_PENDING}{branch}"


@dataclass(frozen=True)
class Pending:
    """A merge of the generator's commit `theirs` into the version `ours`, with open questions."""

    ours: ObjectID
    theirs: ObjectID
    merge: Merge
    cause: Cause
    title: str
    migration: str | None = None
    warnings: tuple[str, ...] = ()
    making: dict[str, Any] | None = None

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """All questions, decided or open."""
        return self.merge.conflicts

    @property
    def open(self) -> tuple[Conflict, ...]:
        """The questions that are not decided."""
        return tuple(conflict for conflict in self.conflicts if not conflict.resolved)

    def with_conflicts(self, conflicts: tuple[Conflict, ...]) -> Pending:
        """The same merge with other decisions."""
        return replace(self, merge=Merge(self.merge.files, conflicts))

    def carry_decisions(self, earlier: Pending) -> Pending:
        """Take over the decisions of an earlier merge on the same questions."""
        known = {conflict.path: conflict for conflict in earlier.conflicts if conflict.resolved}
        taken = []
        for conflict in self.conflicts:
            before = known.get(conflict.path)
            if before is not None and conflict.is_same_question(before):
                taken.append(replace(conflict, resolved=True, resolution=before.resolution))
            else:
                taken.append(conflict)
        return self.with_conflicts(tuple(taken))


def write_pending(repository: Repository, pending: Pending) -> ObjectID:
    """Keep a pending merge; returns the commit that its reference is to name."""
    tree = Tree()
    tree.add(_STATE, FILE, repository.add_content(_dump(pending)))
    tree.add(_MERGED, _FOLDER, repository.add_tree(pending.merge.files))
    parts = {
        entry.id.decode(): entry
        for conflict in pending.conflicts
        for entry in _entries(conflict)
        if entry is not None and entry.is_plain
    }
    tree.add(_PARTS, _FOLDER, repository.add_tree(parts))
    return repository.add_commit(
        repository.add(tree), [pending.ours, pending.theirs], pending.title, GENERATOR
    )


def read_pending(repository: Repository, branch: str) -> Pending | None:
    """The merge that waits on a branch, if one does."""
    at = repository.ref(pending_ref(branch))
    if at is None:
        return None
    commit = repository.commit_at(at)
    tree = repository.read(commit.tree)
    assert isinstance(tree, Tree)
    state = json.loads(repository.content(tree[_STATE][1]))
    if state["format"] != _FORMAT:
        raise ValueError(f"a pending merge of format {state['format']}, made by a newer version")
    conflicts = tuple(_conflict(item) for item in state["conflicts"])
    ours, theirs = commit.parents
    return Pending(
        ours,
        theirs,
        Merge(repository.files(tree[_MERGED][1]), conflicts),
        Cause(state["cause"]),
        state["title"],
        state["migration"],
        tuple(state["warnings"]),
        state.get("making"),
    )


def require_settled(repository: Repository, branch: str) -> None:
    """Raises MergePending when a merge waits on a branch."""
    pending = read_pending(repository, branch)
    if pending is not None:
        raise MergePending(len(pending.open))


def _entries(conflict: Conflict) -> tuple[Entry | None, ...]:
    sides = (conflict.base, conflict.ours, conflict.theirs)
    return (*sides, conflict.proposed, conflict.resolution)


def _dump(pending: Pending) -> bytes:
    document = {
        "format": _FORMAT,
        "cause": pending.cause,
        "title": pending.title,
        "migration": pending.migration,
        "warnings": list(pending.warnings),
        "making": pending.making,
        "conflicts": [
            {
                "path": conflict.path,
                "kind": conflict.kind,
                "entries": [_plain(entry) for entry in _entries(conflict)],
                "reason": conflict.reason,
                "resolved": conflict.resolved,
            }
            for conflict in pending.conflicts
        ],
    }
    return json.dumps(document, indent=1).encode()


def _conflict(item: dict[str, Any]) -> Conflict:
    base, ours, theirs, proposed, resolution = (_entry(entry) for entry in item["entries"])
    return Conflict(
        item["path"],
        ConflictKind(item["kind"]),
        base,
        ours,
        theirs,
        proposed,
        item["reason"],
        item["resolved"],
        resolution,
    )


def _plain(entry: Entry | None) -> list[Any] | None:
    return None if entry is None else [entry.mode, entry.id.decode()]


def _entry(plain: list[Any] | None) -> Entry | None:
    return None if plain is None else Entry(plain[0], ObjectID(plain[1].encode()))
