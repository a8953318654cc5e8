"""Asks one address whether an engine answers there, and what it is."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local_engine.runtime.docker.detecting.states import EngineState

TIMEOUT_SECONDS = 2
OLDEST_API = (1, 41)
"""Of engine 20.10 (December 2020), the oldest that this is tested with."""

_MACHINES = {"amd64": "amd64", "x86_64": "amd64", "arm64": "arm64", "aarch64": "arm64"}
_LEAKS = (
    "Of containers without a way out, this engine lets the names through that they ask for "
    "(CVE-2024-29018). Update it to 26 or newer."
)
_ROOM_BYTES = 500 * 1024**2
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Answer:
    """What an address gave: a state, and what there is to say; for an engine, its description."""

    state: EngineState
    text: str
    advice: str = ""
    version: str = ""
    api: str = ""
    machine: str = ""
    product: str = ""


def probe(url: str, timeout_seconds: int = TIMEOUT_SECONDS) -> Answer:
    """Ask the engine at this address for its version."""
    if (remote := _elsewhere(url)) is not None:
        return remote
    refused = _no_pipe(url) if url.startswith("npipe:") else _refused(url, timeout_seconds)
    if refused is not None:
        return refused
    try:
        description, root = _describe(url, timeout_seconds)
    except Exception as failure:  # requests, urllib3, docker and pywin32 have no base in common
        return Answer(
            EngineState.NO_ANSWER, f"What is at {url} does not answer as an engine does: {failure}"
        )
    return _judged(url, description, root)


def _elsewhere(url: str) -> Answer | None:
    parts = urlsplit(url)
    if parts.scheme in ("unix", "npipe") or parts.hostname in _LOCAL:
        return None
    return Answer(
        EngineState.REMOTE,
        f"The engine at {url} is on another machine.",
        "What it publishes cannot be reached on this one. Choose a local engine: "
        "docker context use default, and no DOCKER_HOST.",
    )


def _no_pipe(url: str) -> Answer | None:
    path = url.removeprefix("npipe:").replace("/", "\\")
    if os.path.exists(path):  # noqa: PTH110 - a pipe is no file
        return None
    return Answer(EngineState.NOT_STARTED, f"there is no {path}")


def _refused(url: str, timeout_seconds: int) -> Answer | None:
    """Why a socket cannot be connected to; None if it can, or is none."""
    if not url.startswith("unix://"):
        return None
    path = url.removeprefix("unix://")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_seconds)
        try:
            connection.connect(path)
        except FileNotFoundError:
            return Answer(EngineState.NOT_STARTED, f"there is no {path}")
        except PermissionError:
            return Answer(EngineState.NO_PERMISSION, f"{path} may not be opened by this account")
        except ConnectionRefusedError:
            return Answer(EngineState.NOT_STARTED, f"nobody listens at {path}")
        except OSError as failure:
            return Answer(EngineState.NO_ANSWER, f"{path}: {failure}")
    return None


def _describe(url: str, timeout_seconds: int) -> tuple[dict[str, Any], str]:
    """The answer to `GET /version`, and the engine's data folder.

    Source: https://docs.docker.com/reference/api/engine/ (SystemVersion, SystemInfo).
    """
    import docker

    def ask(api: str) -> docker.APIClient:
        return docker.APIClient(base_url=url, version=api, timeout=timeout_seconds)

    with contextlib.closing(ask(_words(OLDEST_API))) as client:
        description: dict[str, Any] = client.version(api_version=False)
    api = description.get("ApiVersion")
    if not url.startswith("unix://") or _number(api) < OLDEST_API:
        return description, ""
    with contextlib.closing(ask(str(api))) as client:
        return description, str(client.info().get("DockerRootDir") or "")


def _judged(url: str, description: dict[str, Any], root: str) -> Answer:
    version, api = str(description.get("Version", "?")), str(description.get("ApiVersion", "?"))
    machine = str(description.get("Arch", "?"))
    product = str((description.get("Platform") or {}).get("Name") or "Docker Engine")

    def answer(state: EngineState, text: str, advice: str = "") -> Answer:
        return Answer(state, text, advice, version, api, machine, product)

    if _number(api) < OLDEST_API:
        return answer(
            EngineState.TOO_OLD,
            f"The engine at {url} is version {version} (API {api}), which is too old.",
            "Update it to 20.10 or newer.",
        )
    if str(description.get("Os", "linux")) != "linux":
        return answer(
            EngineState.WRONG_PLATFORM,
            f"The engine at {url} runs {description['Os']} containers.",
            "Switch it to Linux containers.",
        )
    if machine not in _MACHINES:
        return answer(
            EngineState.WRONG_PLATFORM,
            f"The engine at {url} runs on {machine}.",
            "The images that are needed exist for amd64 and arm64. Use such a machine.",
        )
    if (free := _free(root)) is not None and free < _ROOM_BYTES:
        return answer(
            EngineState.DISK_FULL,
            f"The engine at {url} has {free / 1024**2:.0f} MiB left in {root}.",
            "Free at least 0.5 GiB: docker system df shows what takes it.",
        )
    advice = _LEAKS if product.startswith("Docker") and _leaks(version) else ""
    return answer(EngineState.READY, f"{product} {version} at {url}", advice)


def _leaks(version: str) -> bool:
    """Whether names that containers without a way out ask for are asked for outside.

    Source: https://nvd.nist.gov/vuln/detail/CVE-2024-29018 (mended in 23.0.11, 25.0.4, 26.0).
    """
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return False
    number = tuple(int(part) for part in found.groups())
    return number < (23, 0, 11) or (24,) <= number < (25, 0, 4)


def _words(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _number(version: object) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in str(version).split("."))
    except ValueError:
        return (0,)


def _free(root: str) -> int | None:
    """The bytes left in a folder; None where it is in another machine or not to be seen."""
    if not root or not Path(root).is_dir() or not os.access(root, os.X_OK):
        return None
    try:
        return shutil.disk_usage(root).free
    except OSError:
        return None
