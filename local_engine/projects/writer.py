"""Writing to one project while its lock is held: every change of it goes through here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.objects import ObjectID

from local_engine.projects.blueprints import Blueprints
from local_engine.projects.errors import NotAProject, ProjectError
from local_engine.projects.events import (
    KeptOnDisk,
    LeftOutOfHistory,
    OnEvent,
    OutsideChanges,
    Recovered,
)
from local_engine.projects.generation import BLUEPRINT_FILE
from local_engine.projects.journal import RefChange, Step, carry_out, finish_interrupted
from local_engine.projects.layout import GIT, HEADS, MAIN, PRIVATE
from local_engine.projects.locking import remove_leftovers, sole_writer
from local_engine.projects.repository import GENERATOR, Person, Repository, has_repository
from local_engine.projects.trees import Files, changed_paths
from local_engine.projects.versions import Cause, Record, Version, Versions
from local_engine.projects.worktree import Scan, scan

_NAMED = 3


def generated_ref(branch: str) -> str:
    """Where the pure output of the generator for a branch is."""
    return f"{HEADS}generated" if branch == MAIN else f"{HEADS}generated-of/{branch}"


def is_generated(branch: str) -> bool:
    """Whether a branch is one of the generator's own."""
    return branch == "generated" or branch.startswith("generated-of/")


@dataclass(frozen=True)
class Advance:
    """A version to be made: its tree and record, and what else changes with it.

    `generated` is the new commit of the generator, if there is one: it becomes a parent too.
    `snapshot` is what the database becomes with it.
    """

    action: str
    tree: ObjectID
    record: Record
    author: Person
    generated: ObjectID | None = None
    refs: Sequence[RefChange] = ()
    shows: bool = True
    snapshot: str | None = None


class Writer:
    """A project that may be changed. `branch` is what the folder shows."""

    def __init__(self, repository: Repository, on_event: OnEvent) -> None:
        """Raises ProjectError when the folder shows no branch that a user may work on."""
        self.repository = repository
        self.on_event = on_event
        self.branch = _usable(repository.branch)
        self.blueprints = Blueprints(repository)
        self._told: set[str] = set()

    @property
    def head_ref(self) -> str:
        """The name of the branch in git."""
        return f"{HEADS}{self.branch}"

    @property
    def generated_ref(self) -> str:
        """The name of the generator's branch that belongs to it."""
        return generated_ref(self.branch)

    @property
    def head(self) -> ObjectID:
        """The newest version. Raises NotAProject before there is one."""
        found = self.repository.ref(self.head_ref)
        if found is None:
            raise NotAProject(f"{self.repository.folder} has no version yet")
        return found

    @property
    def generated(self) -> ObjectID | None:
        """The newest output of the generator for this branch, wherever it was branched off."""
        return self.repository.ref(self.generated_ref) or output_in(self.repository, self.head)

    @property
    def versions(self) -> Versions:
        """The versions as they are now."""
        return Versions(self.repository)

    @property
    def version(self) -> Version:
        """The newest version."""
        return self.versions.at(self.head)

    def files(self) -> Files:
        """The files of the newest version."""
        return self.repository.files_of(self.head)

    def notice(self, *, but: bytes | None = None) -> Version | None:
        """Keep what was changed outside as a version of the user's; None if nothing was.

        `but` is the text of a Blueprint that is being worked on: if the folder's one is that, it
        is no change yet.
        """
        known = self.files()
        found = scan(self.repository, known)
        self._tell_left_out(found)
        files = dict(found.files)
        if but is not None and BLUEPRINT_FILE in files and BLUEPRINT_FILE in known:
            text = self.repository.content(files[BLUEPRINT_FILE].id)
            if text == but:
                files[BLUEPRINT_FILE] = known[BLUEPRINT_FILE]
        changed = changed_paths(known, files)
        if not changed:
            self.repository.cache.write_if_changed(known)
            return None
        tree = self.repository.add_tree(files)
        record = Record(Cause.OUTSIDE, _outside_title(changed))
        author = self.repository.person()
        version = self.advance(Advance("notice", tree, record, author, shows=False))
        self.on_event(OutsideChanges(version.id, tuple(changed)))
        return version

    def advance(self, wanted: Advance) -> Version:
        """Make a version the newest one, and let the folder show it.

        Raises Obstructed or ChangedMeanwhile, and then nothing has changed.
        """
        repository, head = self.repository, self.head
        parents = [head]
        if wanted.generated is not None:
            parents.append(wanted.generated)
        commit = repository.add_commit(
            wanted.tree,
            parents,
            f"{wanted.record.title}\n\nCause: {wanted.record.cause}",
            wanted.author,
        )
        refs = [RefChange(self.head_ref, head, commit), *wanted.refs]
        refs.append(self.recording({commit: wanted.record}, wanted.action))
        if wanted.generated is not None:
            refs += self.output_change(wanted.generated)
        before = repository.commit_at(head).tree
        shown = (before, wanted.tree) if wanted.shows else (wanted.tree, wanted.tree)
        self.carry_out(Step(wanted.action, refs, shown, snapshot=wanted.snapshot))
        return self.versions.at(commit)

    def output_change(self, output: ObjectID) -> list[RefChange]:
        """The change that makes a commit the generator's newest one, if it is not that already."""
        present = self.repository.ref(self.generated_ref)
        return [] if present == output else [RefChange(self.generated_ref, present, output)]

    def recording(self, records: dict[ObjectID, Record], message: str) -> RefChange:
        """The change of the notes that keeps these records."""
        versions = self.versions
        return RefChange(
            versions.records.ref, versions.records.at, versions.recording(records, message)
        )

    def edit_record(self, version: Version, **changes: object) -> Version:
        """Change what is kept about a version."""
        record = replace(version.record, **changes)  # type: ignore[arg-type]
        step = Step("note", [self.recording({version.commit: record}, "note")])
        self.carry_out(step)
        return self.versions.at(version.commit)

    def carry_out(self, step: Step) -> None:
        """Do a step; files that the user changed at the same moment are told of."""
        if kept := carry_out(self.repository, step):
            self.on_event(KeptOnDisk(tuple(kept)))

    def _tell_left_out(self, found: Scan) -> None:
        new = tuple(
            item
            for item in found.left_out
            if not item.reason.is_expected and item.path not in self._told
        )
        self._told |= {item.path for item in new}
        if new:
            self.on_event(LeftOutOfHistory(new))


def output_in(repository: Repository, version: ObjectID) -> ObjectID | None:
    """The generator's commit that a version contains; None if it contains none."""
    at: ObjectID | None = version
    while at is not None:
        commit = repository.commit_at(at)
        for candidate in (*commit.parents[1:], *([at] if not commit.parents else [])):
            if repository.commit_at(candidate).author == str(GENERATOR).encode():
                return candidate
        at = commit.parents[0] if commit.parents else None
    return None


def _usable(branch: str | None) -> str:
    if branch is None:
        raise ProjectError(
            "git shows a single commit here, not a branch", hint="git switch main, then repeat"
        )
    if is_generated(branch):
        raise ProjectError(
            f"the branch {branch} is the generator's own", hint="git switch main, then repeat"
        )
    return branch


def _outside_title(changed: Sequence[str]) -> str:
    names = ", ".join(path.rpartition("/")[2] for path in changed[:_NAMED])
    more = len(changed) - _NAMED
    title = f"Edited {names}" + (f" and {more} more" if more > 0 else "")
    return title.encode(errors="replace").decode()


@contextlib.contextmanager
def open_writer(
    folder: Path, action: str, on_event: OnEvent, timeout_seconds: float = 30.0
) -> Iterator[Writer]:
    """Hold a project's lock; what an earlier writer left half done is finished first.

    Raises NotAProject, ProjectBusy, ProjectError.
    """
    if not has_repository(folder):
        raise NotAProject(f"{folder} has no history yet", hint="`generate` makes one")
    private = folder / GIT / PRIVATE
    private.mkdir(exist_ok=True)
    with sole_writer(private, action, timeout_seconds) as cut_short:
        if cut_short:
            remove_leftovers(folder / GIT)
        try:
            repository = Repository(folder)
        except NotGitRepository as error:
            raise NotAProject(f"the history of {folder} cannot be read: {error}") from None
        with repository, _leaving_nothing(folder / GIT):
            if finished := finish_interrupted(repository):
                on_event(Recovered(finished[0]))
                if finished[1]:
                    on_event(KeptOnDisk(tuple(finished[1])))
            yield Writer(repository, on_event)


@contextlib.contextmanager
def _leaving_nothing(control: Path) -> Iterator[None]:
    """Clear away what a write that fails leaves in `.git`: it would keep everybody out."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):  # the next writer's business, as after a kill
            remove_leftovers(control)
        raise
