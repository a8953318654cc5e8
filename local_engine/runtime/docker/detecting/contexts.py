"""Docker contexts: names for engines, kept by the Docker client in `~/.docker`.

Source: https://docs.docker.com/engine/manage-resources/contexts/ and the client's own code
(cli/context/store): a context's folder is called by the SHA-256 of its name.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from local_engine.runtime.docker.detecting.surroundings import Surroundings

DEFAULT = "default"


@dataclass(frozen=True)
class Context:
    """A context that is chosen; `url` is None where its description is gone or unreadable."""

    name: str
    url: str | None


def chosen_context(surroundings: Surroundings) -> Context | None:
    """The context that the client would use; None for the default one."""
    name = surroundings.environment.get("DOCKER_CONTEXT") or _current(surroundings)
    return None if name in (None, "", DEFAULT) else Context(name, _url(surroundings, name))


def _current(surroundings: Surroundings) -> str | None:
    found = _read(surroundings, "config.json").get("currentContext")
    return found if isinstance(found, str) else None


def _url(surroundings: Surroundings, name: str) -> str | None:
    digest = hashlib.sha256(name.encode()).hexdigest()
    endpoints = _read(surroundings, f"contexts/meta/{digest}/meta.json").get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    return host if isinstance(host, str) and host else None


def _read(surroundings: Surroundings, name: str) -> dict[str, Any]:
    try:
        document = json.loads((surroundings.docker_folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
