"""`delete` and `trash`: projects are moved aside, brought back, or removed for good."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_engine.cli.asking import agreed
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.jobs import ledger_of
from local_engine.cli.output import Output
from local_engine.cli.program import command

if TYPE_CHECKING:
    from local_engine.projects.index import ProjectIndex
    from local_engine.projects.trash import Trash, Trashed

_UNITS = ("B", "kB", "MB", "GB", "TB")


def delete_project(folder: Path, yes: bool, output: Output) -> int:
    """Move a project into the trash, after asking."""
    from local_engine.cli.blueprints import FILE

    place = folder.resolve()
    if not (place / FILE).is_file():
        raise CommandError(f"there is no project in {folder}", code=ExitCode.USAGE)
    with _store() as (trash, index):
        entry = index.add(place, place.name[:100])
        _require_idle(place, entry.id, output)
        if not agreed(f"Move {folder} into the trash?", yes, output):
            return _nothing(output, {"deleted": None})
        id_ = trash.put(entry)
        index.remove(entry.id)
    output.line(f"It is in the trash: {command('trash', 'restore', id_)} brings it back.")
    output.finish({"deleted": id_})
    return ExitCode.OK


def list_trash(output: Output) -> int:
    """What is in the trash: since when, and how large."""
    with _store() as (trash, _):
        found = trash.all()
    if found:
        rows = [(one.id, one.name, _age(one), _size(one.bytes), str(one.folder)) for one in found]
        output.table(["what", "name", ">deleted", ">size", "was in"], rows)
        output.line(f"Together {_size(sum(one.bytes for one in found))}.")
    else:
        output.line("The trash is empty.")
    output.finish({"trash": [_facts(one) for one in found]})
    return ExitCode.OK


def restore_project(wanted: str, output: Output) -> int:
    """Bring a project back to where it was, or beside."""
    with _store() as (trash, index):
        entry = trash.restore(wanted, index, Path.cwd())
    output.line(f"It is back: {entry.folder}")
    output.finish({"restored": str(entry.folder)})
    return ExitCode.OK


def empty_trash(wanted: str | None, yes: bool, output: Output) -> int:
    """Remove all, or one, for good, after asking."""
    with _store() as (trash, _):
        found = [trash.get(wanted)] if wanted else trash.all()
        for one in found:
            output.line(f"{one.id}  deleted {_age(one)} ago, {_size(one.bytes)}")
        together = _size(sum(one.bytes for one in found))
        question = f"Remove {len(found)} for good ({together})? Nothing brings them back."
        if not found or not agreed(question, yes, output):
            return _nothing(output, {"removed": []})
        for one in found:
            trash.remove(one.id)
    output.line(f"Removed for good: {len(found)}, {together}")
    output.finish({"removed": [one.id for one in found]})
    return ExitCode.OK


@contextmanager
def _store() -> Iterator[tuple[Trash, ProjectIndex]]:
    from local_engine.projects.index import ProjectIndex
    from local_engine.projects.trash import NoSuchTrash, Trash
    from local_engine.runtime.home import engine_home
    from local_engine.storage import TooNew

    try:
        with closing(ProjectIndex(engine_home())) as index:
            yield Trash(engine_home()), index
    except NoSuchTrash as refusal:
        raise CommandError(refusal.message, hint=refusal.hint, code=ExitCode.USAGE) from None
    except TooNew as refusal:
        raise CommandError(str(refusal), code=ExitCode.ENVIRONMENT) from None


def _require_idle(folder: Path, project: str, output: Output) -> None:
    from local_engine.runtime.docker.managing import deployed_from
    from local_engine.runtime.preview import list_previews

    ledger = ledger_of(output)
    if ledger is not None and ledger.is_busy(project):
        raise CommandError("a job of this project runs", hint="wait for its end, or end it")
    if any(Path(state.project) == folder for state in list_previews()):
        raise CommandError("this project runs", hint=f"stop it: {command('stop', folder.name)}")
    if (deployment := deployed_from(folder)) is not None:
        remove = command("docker", "remove", str(folder))
        raise CommandError(
            f"this project is deployed to Docker ({deployment.status})",
            hint=f"remove that first: {remove} (its data stays; with --data that goes, too)",
        )


def _nothing(output: Output, facts: dict[str, Any]) -> int:
    output.line("Nothing was changed.")
    output.finish(facts)
    return ExitCode.OK


def _facts(found: Trashed) -> dict[str, Any]:
    return {
        "id": found.id,
        "name": found.name,
        "folder": str(found.folder) if found.folder else None,
        "deleted_at": found.deleted_at.isoformat(),
        "files": found.files,
        "bytes": found.bytes,
    }


def _age(found: Trashed) -> str:
    minutes = int((datetime.now(UTC) - found.deleted_at).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _size(size: float) -> str:
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.0f} {_UNITS[unit]}" if unit == 0 else f"{size:.1f} {_UNITS[unit]}"
