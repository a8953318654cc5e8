"""Trying something out on a branch of its own, then keeping or discarding it."""

from __future__ import annotations

import re
from dataclasses import replace

from local_engine.projects.errors import ProjectError
from local_engine.projects.journal import RefChange, Step
from local_engine.projects.layout import HEADS, MAIN
from local_engine.projects.pending import pending_ref, require_settled
from local_engine.projects.recoverable import MERGE, GivenUp, set_aside
from local_engine.projects.returning import Data, data_returns
from local_engine.projects.versions import Version
from local_engine.projects.writer import Writer, generated_ref, output_in

_TRIES = "try/"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


def trial_of(branch: str) -> str | None:
    """The name of the trial that a branch holds; None for any other branch."""
    return branch.removeprefix(_TRIES) if branch.startswith(_TRIES) else None


def try_out(writer: Writer, name: str) -> str:
    """Go on, on a branch of this name; returns the branch. The main line stays as it is.

    Raises ProjectError for a name that is taken or unfit, or when something is tried already,
    and MergePending.
    """
    if writer.branch.startswith(_TRIES):
        raise ProjectError(
            f"{writer.branch} is being tried already", hint="keep it or discard it first"
        )
    if not _NAME.fullmatch(name):
        raise ProjectError(f"not a name for a trial: {name!r}", hint="use letters, digits, hyphens")
    branch = f"{_TRIES}{name}"
    if writer.repository.ref(f"{HEADS}{branch}") is not None:
        raise ProjectError(f"{branch} is there already", hint="choose another name")
    require_settled(writer.repository, writer.branch)
    writer.notice()
    refs = [RefChange(f"{HEADS}{branch}", None, writer.head)]
    if writer.generated is not None:
        refs.append(RefChange(generated_ref(branch), None, writer.generated))
    writer.carry_out(Step("try", refs, branch=branch))
    writer.branch = branch
    return branch


def keep(writer: Writer) -> None:
    """Make what was tried the main line.

    Raises MergePending, and ProjectError when nothing is tried or the main line has moved on.
    """
    branch = _tried(writer)
    require_settled(writer.repository, writer.branch)
    writer.notice()
    repository, head, output = writer.repository, writer.head, writer.generated
    main = f"{HEADS}{MAIN}"
    at = repository.ref(main)
    if at is not None and repository.merge_base(at, head) != at:
        raise ProjectError(
            f"main has versions that {branch} does not have",
            hint=f"join them by git: git switch main && git merge {branch}",
        )
    refs = [RefChange(main, at, head), *_removal(writer)]
    here = repository.ref(generated_ref(MAIN))
    if output is not None and output != here:
        refs.append(RefChange(generated_ref(MAIN), here, output))
    writer.carry_out(Step("keep", refs, branch=MAIN))
    writer.branch = MAIN


def discard(writer: Writer, data: Data) -> None:
    """Go back to the main line; what was tried can be had back for a time.

    Raises ProjectError when nothing is tried, NewerData, SnapshotError.
    """
    branch = _tried(writer)
    writer.notice()
    repository = writer.repository
    at = repository.ref(f"{HEADS}{MAIN}")
    if at is None:
        raise ProjectError("there is no main line to go back to")
    target = writer.versions.at(at)
    with data_returns(writer, target, data) as going:
        head = going.left
        refs = [set_aside(repository, head.commit, branch.removeprefix(_TRIES)), *_removal(writer)]
        merge = repository.ref(pending_ref(branch))
        if merge is not None:
            refs.append(set_aside(repository, merge, MERGE))
        refs += _entering(writer, target, going.snapshot)
        shows = (head.tree, target.tree)
        writer.carry_out(Step("discard", refs, shows, branch=MAIN, snapshot=going.snapshot))
        going.live_on(target)
        writer.branch = MAIN


def recover(writer: Writer, wanted: GivenUp, data: Data) -> str:
    """Have back what was discarded, as something that is being tried; returns the branch.

    Raises ProjectError when something is tried already, NewerData, SnapshotError.
    """
    branch = f"{_TRIES}{wanted.name}"
    repository = writer.repository
    if writer.branch.startswith(_TRIES) or repository.ref(f"{HEADS}{branch}") is not None:
        raise ProjectError("something is being tried already", hint="keep it or discard it first")
    writer.notice()
    target = writer.versions.at(wanted.commit)
    with data_returns(writer, target, data) as going:
        refs = [
            RefChange(f"{HEADS}{branch}", None, wanted.commit),
            RefChange(wanted.ref, wanted.commit, None),
            *_entering(writer, target, going.snapshot),
        ]
        output = output_in(repository, wanted.commit)
        if output is not None:
            refs.append(RefChange(generated_ref(branch), None, output))
        shows = (going.left.tree, target.tree)
        writer.carry_out(Step("recover", refs, shows, branch=branch, snapshot=going.snapshot))
        going.live_on(target)
        writer.branch = branch
    return branch


def _entering(writer: Writer, version: Version, snapshot: str | None) -> list[RefChange]:
    """A version that goes on with its own snapshot has none any more: its data lives again.

    One that somebody asked for stays.
    """
    found = writer.repository.snapshots.find(snapshot)
    if found is None or version.record.snapshot != snapshot or found.reason == "asked":
        return []
    record = replace(version.record, snapshot=None)
    return [writer.recording({version.commit: record}, "enter")]


def _tried(writer: Writer) -> str:
    if not writer.branch.startswith(_TRIES):
        raise ProjectError("nothing is being tried", hint="begin with: try NAME")
    return writer.branch


def _removal(writer: Writer) -> list[RefChange]:
    """The changes that take a branch away with all that belongs to it."""
    repository, branch = writer.repository, writer.branch
    names = (f"{HEADS}{branch}", generated_ref(branch), pending_ref(branch))
    found = [(name, repository.ref(name)) for name in names]
    return [RefChange(name, at, None) for name, at in found if at is not None]
