"""Who made what an engine holds: an id of this installation, kept in the engine's folder."""

from __future__ import annotations

from pathlib import Path

from local_engine.runtime.home import engine_home
from local_engine.runtime.private_files import read_or_create_secret

_LENGTH = 16


def installation_id() -> str:
    """The id, made at the first call."""
    return read_or_create_secret(_file())[:_LENGTH]


def known_installation() -> str | None:
    """The id, or None where nothing was ever deployed: then no engine needs to be asked."""
    return installation_id() if _file().is_file() else None


def _file() -> Path:
    return engine_home() / "installation"
