"""`import`: a database, a DDL, an API or a project becomes a Blueprint, with an account of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from local_engine.jobs import sources
from local_engine.jobs.blueprints import problems_of
from local_engine.jobs.files import Uploads
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.paths import AbsolutePath
from local_engine.jobs.run import JobFailed, Run

if TYPE_CHECKING:
    from local_engine.generator.importing import Import

SHOWN_NOTES = 2000
ADDRESS_HINT = "Look at the address, its user and its password, and hand it over again."

SecretName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,63}$")]


class _Source(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UploadedSource(_Source):
    """A file that was uploaded before: a DDL, an OpenAPI document, or the zip of a project."""

    type: Literal["upload"]
    upload: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    form: Literal["sql", "openapi", "project"]
    dialect: Literal["postgres", "mysql", "sqlite"] = "postgres"


class FolderSource(_Source):
    """A project's folder on this machine."""

    type: Literal["folder"]
    folder: AbsolutePath


class DatabaseSource(_Source):
    """A running PostgreSQL. `address` names the secret that holds its address, password and all."""

    type: Literal["database"]
    address: SecretName


class ImportRequest(JobRequest):
    """Read this source; `name` is what the product is called, where the source does not say it."""

    kind: Literal["import"] = "import"
    source: Annotated[UploadedSource | FolderSource | DatabaseSource, Field(discriminator="type")]
    name: Annotated[str | None, Field(min_length=1, max_length=100)] = None


class ImportedNote(BaseModel):
    """What became of a part of the source, and where it is in the Blueprint."""

    outcome: Literal["assumed", "left out", "question"]
    source: str
    path: str
    text: str


class ImportResult(JobResult):
    """The Blueprint, and the account: all that was not simply taken.

    `source` says what was read; of a database only host and name. `more` notes are not shown.
    """

    kind: Literal["import"] = "import"
    source: str
    blueprint: str
    counts: dict[str, int]
    account: list[ImportedNote]
    more: int


def run(run: Run, request: ImportRequest, place: Place) -> ImportResult:
    """Read the source; nothing is written."""
    from local_engine.generator.blueprint import BlueprintErrors
    from local_engine.generator.importing import ImportRefused
    from local_engine.projects.sources.errors import SourceError

    try:
        with run.stage("read", "Read the source"):
            shown, imported = _read(request, place)
    except (ImportRefused, SourceError) as refusal:
        raise JobFailed("not-importable", refusal.message, hint=refusal.hint) from None
    except BlueprintErrors as errors:
        raise JobFailed(
            "invalid-blueprint", "The Blueprint there has problems.", problems=problems_of(errors)
        ) from None
    except OSError as error:
        raise JobFailed("not-readable", f"It cannot be read: {error.strerror or error}") from None
    return _result(shown, imported)


def _read(request: ImportRequest, place: Place) -> tuple[str, Import]:
    match request.source:
        case FolderSource(folder=folder):
            return folder, sources.from_project(Path(folder))
        case DatabaseSource(address=name):
            return _read_database(place.secret(name), request.name)
        case UploadedSource(upload=upload, form=form, dialect=dialect):
            file = Uploads(place.home).find(upload)
            if file is None:
                raise JobFailed(
                    "no-such-upload", "There is no such upload.", hint="Upload the file again."
                )
            return form, _read_file(file, form, dialect, request.name)


def _read_file(file: Path, form: str, dialect: str, name: str | None) -> Import:
    match form:
        case "sql":
            named = name or "Imported backend"
            return sources.from_sql(file, dialect=dialect, name=named)
        case "openapi":
            return sources.from_openapi(file, name=name)
        case _:
            return sources.from_project(file)


def _read_database(address: str, name: str | None) -> tuple[str, Import]:
    from local_engine.projects.sources.errors import SourceError

    shown = sources.place_of(address)
    try:
        return shown, sources.from_database(address, None, name=name)
    except SourceError as refusal:
        # PostgreSQL's own words name the user, which is not for what is stored.
        private = sources.private_words(address)
        raise SourceError(_without(refusal.message, private), ADDRESS_HINT) from None


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "…")
    return text


def _result(shown: str, imported: Import) -> ImportResult:
    notes = [note for note in imported.notes if note.outcome.value != "taken"]
    return ImportResult(
        source=shown,
        blueprint=imported.text,
        counts=imported.counts,
        account=[
            ImportedNote.model_validate(
                {
                    "outcome": note.outcome.value,
                    "source": note.source,
                    "path": note.path,
                    "text": note.text,
                }
            )
            for note in notes[:SHOWN_NOTES]
        ],
        more=max(0, len(notes) - SHOWN_NOTES),
    )


def _secrets(request: ImportRequest) -> tuple[str, ...]:
    return (request.source.address,) if isinstance(request.source, DatabaseSource) else ()


KIND = Kind("import", ImportRequest, run, "isolated", secrets=_secrets)
