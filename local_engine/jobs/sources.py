"""Where imports come from, read into a Blueprint and an account of it.

What is read is data of strangers: nothing is unpacked, fetched or carried out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from local_engine.generator.importing import Import

MAX_FILE_BYTES = 100_000_000


def text_of(path: Path) -> str:
    """The text of a file. Raises `SourceError`, `OSError`."""
    from local_engine.projects.sources.errors import SourceError

    if not path.is_file():
        raise SourceError(f"there is no file {path}")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise SourceError(
            f"{path.name} is not UTF-8 (byte {failure.start})", "save it as UTF-8"
        ) from None


def from_sql(path: Path, *, dialect: str, name: str) -> Import:
    """From a file of DDL. Raises `ImportRefused`, `SourceError`, `OSError`."""
    from local_engine.generator.importing import import_sql

    return import_sql(text_of(path), dialect=dialect, name=name)


def from_openapi(path: Path, *, name: str | None) -> Import:
    """From an OpenAPI document. Raises `ImportRefused`, `SourceError`, `OSError`."""
    from local_engine.generator.importing import import_openapi

    return import_openapi(text_of(path), name=name)


def from_database(address: str, password: str | None, *, name: str | None) -> Import:
    """From a running PostgreSQL. Raises `ImportRefused`, `SourceError`."""
    from local_engine.generator.importing import import_sql
    from local_engine.projects.sources.postgres import read_postgres

    return import_sql(read_postgres(address, password), name=name or database_of(address))


def from_project(path: Path) -> Import:
    """From a project's folder or a zip of one.

    Raises `ImportRefused`, `SourceError`, `BlueprintErrors`, `OSError`.
    """
    from local_engine.generator.importing import import_blueprint
    from local_engine.projects.sources.project import read_project

    source = read_project(path)
    return import_blueprint(source.blueprint, source.others)


def database_of(address: str) -> str:
    """What a database is called, for a product's name."""
    return unquote(urlsplit(address).path.strip("/")) or "Imported backend"


def place_of(address: str) -> str:
    """Which database an address means, without who asks: `host/name`. Raises `SourceError`."""
    found = _parts(address)
    return f"{found.get('host') or 'this machine'}/{found.get('dbname') or ''}".rstrip("/")


def private_words(address: str) -> list[str]:
    """What of an address is nobody else's business: user and password."""
    found = _parts(address)
    return [str(found[name]) for name in ("password", "user") if found.get(name)]


def _parts(address: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict

    from local_engine.projects.sources.postgres import has_password

    has_password(address)  # raises in words when it is no address
    return dict(conninfo_to_dict(address))
