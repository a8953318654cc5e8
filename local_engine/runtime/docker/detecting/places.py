"""Where an engine may listen, and where its client program may lie."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_engine.runtime.docker.detecting.contexts import chosen_context
from local_engine.runtime.docker.detecting.surroundings import SETTING, Surroundings

_PIPES = ("npipe:////./pipe/docker_engine", "npipe:////./pipe/dockerDesktopLinuxEngine")
_SOCKETS = (
    ("the system's engine", "/var/run/docker.sock"),
    ("Docker Desktop", "~/.docker/run/docker.sock"),
    ("Docker Desktop", "~/.docker/desktop/docker.sock"),
    ("OrbStack", "~/.orbstack/run/docker.sock"),
    ("Colima", "~/.colima/default/docker.sock"),
    ("Colima", "~/.config/colima/default/docker.sock"),
    ("Rancher Desktop", "~/.rd/docker.sock"),
    ("rootless Docker", "$XDG_RUNTIME_DIR/docker.sock"),
    ("Docker Desktop for WSL", "/mnt/wsl/docker-desktop/shared-sockets/guest-services/docker.sock"),
    ("Podman", "$XDG_RUNTIME_DIR/podman/podman.sock"),
    ("Podman", "~/.local/share/containers/podman/machine/podman.sock"),
    ("Podman", "/run/podman/podman.sock"),
)
# A window program on macOS has a PATH without any of these.
_PROGRAMS = (
    ("OrbStack", "/Applications/OrbStack.app/Contents/MacOS/xbin/docker"),
    ("OrbStack", "~/.orbstack/bin/docker"),
    ("Docker Desktop", "/Applications/Docker.app/Contents/Resources/bin/docker"),
    ("Docker Desktop", "~/.docker/bin/docker"),
    ("Rancher Desktop", "~/.rd/bin/docker"),
    ("Colima", "/opt/homebrew/bin/colima"),
    ("Colima", "/usr/local/bin/colima"),
    ("Docker Desktop", "/Program Files/Docker/Docker/resources/bin/docker.exe"),
    ("Docker", "/usr/local/bin/docker"),
    ("Docker", "/opt/homebrew/bin/docker"),
    ("Docker", "/usr/bin/docker"),
    ("Docker", "/snap/bin/docker"),
    ("Podman", "/opt/homebrew/bin/podman"),
    ("Podman", "/opt/podman/bin/podman"),
    ("Podman", "/usr/bin/podman"),
)


@dataclass(frozen=True)
class Place:
    """An address to try; `source` says in words where it is from.

    A `chosen` one was asked for by the user: no other engine is used in its place.
    """

    source: str
    url: str | None
    chosen: bool = False
    context: bool = False


@dataclass(frozen=True)
class Program:
    """A client program that is installed, and the product that it belongs to."""

    product: str
    path: Path


def places(surroundings: Surroundings) -> Iterator[Place]:
    """All addresses in the order in which they are tried; a chosen one is the last."""
    for name in (SETTING, "DOCKER_HOST"):
        if url := surroundings.environment.get(name):
            yield Place(name, url, chosen=True)
            return
    if context := chosen_context(surroundings):
        yield Place(f"the Docker context {context.name!r}", context.url, context=True)
    if surroundings.system == "Windows":
        yield from (Place("Docker Desktop", pipe) for pipe in _PIPES)
        return
    seen: set[Path] = set()
    for source, pattern in _SOCKETS:
        path = _path(surroundings, pattern)
        if path is not None and path not in seen:
            seen.add(path)
            yield Place(source, f"unix://{path}")


def installed_program(surroundings: Surroundings) -> Program | None:
    """The first client program that is found, on the PATH or in a usual place."""
    for product, pattern in _PROGRAMS:
        path = _path(surroundings, pattern)
        if path is not None and path.is_file():
            return Program(product, path)
    for product, name in (("Docker", "docker"), ("Podman", "podman"), ("Colima", "colima")):
        found = shutil.which(name, path=surroundings.environment.get("PATH", ""))
        if found:
            return Program(product, Path(found))
    return None


def _path(surroundings: Surroundings, pattern: str) -> Path | None:
    if pattern.startswith("~/"):
        return surroundings.home / pattern[2:]
    if pattern.startswith("$"):
        variable, _, rest = pattern[1:].partition("/")
        folder = surroundings.environment.get(variable)
        return Path(folder) / rest if folder else None
    return surroundings.at(pattern)
