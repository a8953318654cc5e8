"""Generating again: new output on the generator's branch, merged into what the user sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dulwich.objects import ObjectID

from local_engine.generator.blueprint import Document
from local_engine.projects.conflicts import Conflict
from local_engine.projects.errors import NothingPending, ProjectError, UnsolvedConflicts
from local_engine.projects.generation import BLUEPRINT_FILE, generated_after, is_migration
from local_engine.projects.journal import RefChange, Step
from local_engine.projects.merging import Merge, merge_files, resolved_files
from local_engine.projects.pending import Pending, pending_ref, read_pending, write_pending
from local_engine.projects.recoverable import MERGE, set_aside
from local_engine.projects.renames import rename_files, renames_of
from local_engine.projects.repository import GENERATOR
from local_engine.projects.trees import Entry, Files, changed_paths
from local_engine.projects.versions import Cause, Record, Version
from local_engine.projects.writer import Advance, Writer


@dataclass(frozen=True)
class Outcome:
    """What generating came to.

    `version` is the new one; None when nothing changed, or when `pending` waits for decisions.
    `kept` are the generated files that are not as generated, because the user changed them.
    """

    version: Version | None
    pending: Pending | None
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    migration: str | None = None
    warnings: tuple[str, ...] = ()


def regenerate(
    writer: Writer, document: Document, record: Record, *, allow_drop: bool = False
) -> Outcome:
    """Generate from a Blueprint and merge. A merge that waits already is replaced by this one.

    Cause, title and making of `record` are kept with the version, be it after decisions.
    Raises BlueprintErrors, MigrationRefused and ProjectError, all before anything is changed
    but that changes made outside are kept as a version.
    """
    writer.notice(but=document.text.encode())
    repository = writer.repository
    base = base_of(writer, writer.head, writer.generated)
    base_files = repository.files_of(base)
    earlier = {
        path: repository.content(entry.id)
        for path, entry in base_files.items()
        if is_migration(path)
    }
    base_document = writer.blueprints.of(base_files)
    writer.blueprints.know(document)
    made = generated_after(document, base_document, earlier, writer.files(), allow_drop=allow_drop)
    theirs_files = repository.add_contents(made.contents)
    earlier_merge = read_pending(repository, writer.branch)
    if earlier_merge is not None:
        abandon(writer)
    if theirs_files == base_files:
        return _unchanged(writer, theirs_files)
    theirs = repository.add_commit(
        repository.add_tree(theirs_files), [writer.generated or base], record.title, GENERATOR
    )
    merge = merge_output(writer, base, theirs)
    facts = (record.cause, record.title, made.migration, made.warnings, record.making)
    pending = Pending(writer.head, theirs, merge, *facts)
    if earlier_merge is not None:
        pending = pending.carry_decisions(earlier_merge)
    return settle(writer, pending)


def _unchanged(writer: Writer, theirs: Files) -> Outcome:
    """The Blueprint says what the code was made from; its file may have been put back to that."""
    files = writer.files()
    if files.get(BLUEPRINT_FILE) == theirs[BLUEPRINT_FILE]:
        return Outcome(None, None, kept=_kept(files, theirs))
    tree = writer.repository.add_tree(files | {BLUEPRINT_FILE: theirs[BLUEPRINT_FILE]})
    record = Record(Cause.EDIT, "Put the Blueprint back to what the code was made from")
    version = writer.advance(Advance("generate", tree, record, writer.repository.person()))
    return Outcome(version, None, (BLUEPRINT_FILE,), kept=_kept(files, theirs))


def base_of(writer: Writer, head: ObjectID, generated: ObjectID | None) -> ObjectID:
    """The generator's output that a version contains. Raises ProjectError when it has none."""
    base = None if generated is None else writer.repository.merge_base(head, generated)
    if base is None:
        raise ProjectError(
            f"the branch {writer.branch} has no version in common with the generator's",
            hint="git switch main, then repeat",
        )
    return base


def merge_output(writer: Writer, base: ObjectID, theirs: ObjectID) -> Merge:
    """Merge output into what the user sees, entities renamed first. The Blueprint is theirs."""
    repository = writer.repository
    sides = [repository.files_of(commit) for commit in (base, writer.head, theirs)]
    base_files, our_files, their_files = sides
    before, after = (writer.blueprints.of(files).application for files in (base_files, their_files))
    base_files, our_files = rename_files(
        repository, renames_of(before, after), base_files, our_files, their_files
    )
    blueprint = their_files[BLUEPRINT_FILE]
    our_files = our_files | {BLUEPRINT_FILE: blueprint}
    return merge_files(repository, base_files, our_files, their_files)


def settle(writer: Writer, pending: Pending) -> Outcome:
    """Make the merge a version if nothing is open, else let it wait: what is seen stays."""
    repository = writer.repository
    ref = pending_ref(writer.branch)
    before = repository.ref(ref)
    if pending.open:
        after = write_pending(repository, pending)
        refs = [RefChange(ref, before, after), *writer.output_change(pending.theirs)]
        writer.carry_out(Step("wait", refs))
        return Outcome(None, pending, migration=pending.migration, warnings=pending.warnings)
    theirs = repository.files_of(pending.theirs)
    files = resolved_files(pending.merge, theirs)
    ours = writer.files()
    version = writer.advance(
        Advance(
            "generate",
            repository.add_tree(files),
            Record(pending.cause, pending.title, making=pending.making),
            GENERATOR,
            generated=pending.theirs,
            refs=[] if before is None else [RefChange(ref, before, None)],
        )
    )
    changed = changed_paths(ours, files)
    return Outcome(
        version,
        None,
        written=tuple(path for path in changed if path in files),
        removed=tuple(path for path in changed if path not in files),
        kept=_kept(files, theirs),
        migration=pending.migration,
        warnings=pending.warnings,
    )


def _kept(files: Files, theirs: Files) -> tuple[str, ...]:
    return tuple(path for path in theirs if files.get(path) != theirs[path])


def waiting(writer: Writer) -> Pending:
    """The merge that waits, brought up to what the user sees now. Raises NothingPending.

    Decisions stay where the question is still the same.
    """
    pending = read_pending(writer.repository, writer.branch)
    if pending is None:
        raise NothingPending
    blueprint = writer.repository.files_of(pending.theirs)[BLUEPRINT_FILE]
    writer.notice(but=writer.repository.content(blueprint.id))
    if pending.ours == writer.head:
        return pending
    base = base_of(writer, writer.head, pending.theirs)
    merge = merge_output(writer, base, pending.theirs)
    return replace(pending, ours=writer.head, merge=merge).carry_decisions(pending)


def resolve(writer: Writer, path: str, entry: Entry | None) -> Outcome:
    """Decide on one file: its entry from now on, None for a file that is not to be.

    The last decision completes the merge. Raises NothingPending, and KeyError for a path on
    which nothing is to be decided.
    """
    pending = waiting(writer)
    if path not in {conflict.path for conflict in pending.conflicts}:
        raise KeyError(path)
    conflicts = tuple(
        replace(conflict, resolved=True, resolution=entry) if conflict.path == path else conflict
        for conflict in pending.conflicts
    )
    return settle(writer, pending.with_conflicts(conflicts))


def resolve_all(writer: Writer, choose: Callable[[Conflict], Entry | None]) -> Outcome:
    """Decide on every open question in the same way, and complete. Raises NothingPending."""
    pending = waiting(writer)
    conflicts = tuple(
        conflict
        if conflict.resolved
        else replace(conflict, resolved=True, resolution=choose(conflict))
        for conflict in pending.conflicts
    )
    return settle(writer, pending.with_conflicts(conflicts))


def complete(writer: Writer) -> Outcome:
    """Make the merge a version. Raises UnsolvedConflicts while questions are open."""
    pending = waiting(writer)
    if pending.open:
        raise UnsolvedConflicts([conflict.path for conflict in pending.open])
    return settle(writer, pending)


def abandon(writer: Writer) -> None:
    """Give the merge up; it can be had back for a time. Raises NothingPending."""
    ref = pending_ref(writer.branch)
    at = writer.repository.ref(ref)
    if at is None:
        raise NothingPending
    writer.carry_out(
        Step("abandon", [RefChange(ref, at, None), set_aside(writer.repository, at, MERGE)])
    )


def conflict_at(pending: Pending, path: str) -> Conflict:
    """The question about a path. Raises KeyError when there is none."""
    for conflict in pending.conflicts:
        if conflict.path == path:
            return conflict
    raise KeyError(path)
