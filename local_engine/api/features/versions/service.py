"""The history of a project, over the project store."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.api.features.files.schemas import MAX_TEXT, FileContent
from local_engine.api.features.versions.schemas import (
    ConflictFacts,
    Decision,
    Settled,
    VersionComparison,
    VersionFacts,
    VersionPage,
)
from local_engine.api.problems import Problem
from local_engine.jobs.models import Making

if TYPE_CHECKING:
    from local_engine.projects import Conflict, Outcome, Project, Version
    from local_engine.projects.trees import Entry


@contextlib.contextmanager
def project_in(folder: Path) -> Iterator[Project]:
    """The project in a folder; what the store refuses is a problem."""
    from local_engine.projects import NoSuchVersion, NotAProject, Project, ProjectError
    from local_engine.runtime.snapshots import SnapshotError

    project = Project(folder)
    try:
        if not project.exists:
            raise Problem(409, "no-history", "This project has no code yet, so no history.")
        yield project
    except (NoSuchVersion, NotAProject) as error:
        raise Problem(404, "no-such-version", _words(error)) from None
    except SnapshotError as error:
        raise Problem(409, "data-refuses", str(error)) from None
    except ProjectError as error:
        raise Problem(409, "project-refuses", _words(error)) from None
    except OSError as error:
        raise Problem(409, "not-writable", str(error.strerror or error)) from None


def facts(version: Version) -> VersionFacts:
    """What is sent about a version."""
    record = version.record
    return VersionFacts(
        id=version.id,
        cause=record.cause.value,
        title=record.title,
        name=record.name,
        time=version.time,
        author=version.author,
        restores=record.restores,
        can_redo=bool(record.redo),
        has_snapshot=record.snapshot is not None,
        snapshot=record.snapshot,
        verdict=record.verdict,
        making=Making.model_validate(record.making) if record.making else None,
    )


def report(folder: Path, version: str) -> dict[str, Any]:
    """The report of a version. Raises `Problem` 404."""
    with project_in(folder) as project:
        found = project.report(project.find(version))
    if found is None:
        raise Problem(404, "no-report", "This version was not verified as a whole.")
    document: dict[str, Any] = json.loads(found)
    return document


def history(folder: Path, limit: int, start: str | None) -> VersionPage:
    """A page of the history."""
    with project_in(folder) as project:
        page = project.history(limit, start)
    return VersionPage(versions=[facts(one) for one in page.versions], next=page.next)


def require_version(folder: Path, version: str) -> None:
    """Raise `Problem` 404 where there is no such version."""
    with project_in(folder) as project:
        project.find(version)


def name(folder: Path, version: str, new: str | None) -> VersionFacts:
    """Give a version a name, or take it away."""
    with project_in(folder) as project:
        return facts(project.name(project.find(version), new))


def compare(folder: Path, old: str | None, new: str) -> VersionComparison:
    """What differs from one version to another; without the first, from the one before."""
    with project_in(folder) as project:
        target = project.find(new)
        start = project.find(old) if old else project.before(target)
        found = project.compare(start, target)
    return VersionComparison(
        changes=list(found.changes),
        added=list(found.added),
        removed=list(found.removed),
        changed=list(found.changed),
        migration=found.migration.up if found.migration else None,
        unreadable=found.unreadable,
    )


def files(folder: Path, version: str) -> list[str]:
    """The paths of all files of a version."""
    with project_in(folder) as project:
        return list(project.files(project.find(version)))


def content(folder: Path, version: str, path: str) -> FileContent:
    """A file as it was. Raises `Problem` 404, and 413 for one that is too large."""
    with project_in(folder) as project:
        found = project.content(project.find(version), path)
    if found is None:
        raise Problem(404, "no-such-file", f"There is no {path} in this version.")
    if len(found) > MAX_TEXT:
        raise Problem(413, "too-large", f"{path} has more than {MAX_TEXT} bytes.")
    return FileContent.of(path, found)


def difference(folder: Path, old: str | None, new: str, path: str) -> str:
    """A file's change as a unified diff. Raises `Problem` 404 where neither version has it."""
    with project_in(folder) as project:
        target = project.find(new)
        start = project.find(old) if old else project.before(target)
        sides = [one for one in (start, target) if one is not None]
        if all(project.content(side, path) is None for side in sides):
            raise Problem(404, "no-such-file", f"There is no {path} in either version.")
        return project.text_difference(start, target, path)


def conflicts(folder: Path) -> list[ConflictFacts]:
    """What a generation waits for."""
    with project_in(folder) as project:
        pending = project.pending()
        return [_conflict(project, one) for one in pending.conflicts] if pending else []


def decide(folder: Path, decision: Decision) -> Settled:
    """Decide on one file; the last decision makes the version."""
    if (decision.take == "text") != (decision.text is not None):
        raise Problem(422, "invalid", "A text is given with `take: text`, and only then.")
    with project_in(folder) as project:
        try:
            if decision.text is not None:
                outcome = project.resolve_with(decision.path, decision.text.encode())
            else:
                outcome = project.resolve(decision.path, _side(decision.take))
        except KeyError:
            raise Problem(
                404, "no-such-conflict", f"Nothing is to be decided about {decision.path}."
            ) from None
    return _settled(outcome)


def abandon(folder: Path) -> None:
    """Give the waiting generation up; the files are as they were."""
    with project_in(folder) as project:
        project.abandon()


def _settled(outcome: Outcome) -> Settled:
    return Settled(
        version=outcome.version.id if outcome.version else None,
        open=[one.path for one in outcome.pending.open] if outcome.pending else [],
    )


def _side(take: str) -> Callable[[Conflict], Entry | None]:
    sides: dict[str, Callable[[Conflict], Entry | None]] = {
        "ours": lambda conflict: conflict.ours,
        "theirs": lambda conflict: conflict.theirs,
        "proposed": lambda conflict: conflict.proposed,
    }
    return sides[take]


def _conflict(project: Project, conflict: Conflict) -> ConflictFacts:
    def text(entry: Entry | None) -> str | None:
        content = project.content_of(entry)
        return None if content is None else content.decode("utf-8", "replace")

    return ConflictFacts(
        path=conflict.path,
        kind=conflict.kind.value,
        reason=conflict.reason,
        resolved=conflict.resolved,
        base=text(conflict.base),
        ours=text(conflict.ours),
        theirs=text(conflict.theirs),
        proposed=text(conflict.proposed),
    )


def _words(error: Exception) -> str:
    hint = getattr(error, "hint", "")
    return f"{error}. {hint}".strip() if hint else f"{error}."
