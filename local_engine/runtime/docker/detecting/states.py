"""How an engine can be found, each state with words and the next step."""

from __future__ import annotations

from enum import StrEnum


class EngineState(StrEnum):
    """What came of looking for an engine, or of asking one address."""

    READY = "ready"
    NOT_INSTALLED = "not-installed"
    NOT_STARTED = "not-started"
    NO_PERMISSION = "no-permission"
    STALE_CONTEXT = "stale-context"
    REMOTE = "remote"
    NO_ANSWER = "no-answer"
    TOO_OLD = "too-old"
    WRONG_PLATFORM = "wrong-platform"
    DISK_FULL = "disk-full"


_START = {
    "Docker Desktop": "Start Docker Desktop and wait until it says that the engine runs.",
    "OrbStack": "Start OrbStack: orb start",
    "Colima": "Start it: colima start",
    "Rancher Desktop": "Start Rancher Desktop, with dockerd (moby) as its container engine.",
    "Podman": "Start it: podman machine start (Linux: systemctl --user start podman.socket)",
}
_START_LINUX = "Start it: sudo systemctl start docker (WSL: sudo service docker start)"
_INSTALL = {
    "Darwin": "Install Docker Desktop, OrbStack or Colima, and start it.",
    "Windows": "Install Docker Desktop, and start it.",
}
_INSTALL_LINUX = "Install Docker Engine (docs.docker.com/engine/install) or Podman."


def how_to_start(product: str, system: str) -> str:
    """The next step where a product is installed and nothing answers."""
    if product in _START:
        return _START[product]
    return _START_LINUX if system == "Linux" else _START["Docker Desktop"]


def how_to_install(system: str) -> str:
    """The next step where nothing is installed."""
    return _INSTALL.get(system, _INSTALL_LINUX)


def how_to_get_permission(system: str) -> str:
    """The next step where the socket may not be opened."""
    if system == "Linux":
        return (
            "Add yourself to its group, then log in anew: sudo usermod -aG docker $USER "
            "(or use rootless Docker)."
        )
    return "Give your account access to the socket, or start the engine as this user."
