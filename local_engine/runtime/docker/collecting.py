"""What an engine holds of projects that are gone, and the shared images that nobody uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from local_engine.runtime.docker.containers import ours, remove
from local_engine.runtime.docker.labels import FOLDER, NAME, PART, PROJECT, Part, chosen
from local_engine.runtime.docker.networks import remove_unused

if TYPE_CHECKING:
    from docker import APIClient

Kind = Literal["container", "network", "volume", "image"]
_SHARED = (Part.RUNTIME, Part.PROXY)


@dataclass(frozen=True)
class Unused:
    """A thing that may go: `whose` says in words what it was for; bytes where they are known."""

    kind: Kind
    identity: str
    name: str
    whose: str
    size: int | None = None


def find_unused(
    client: APIClient, installation: str, exists: Callable[[str, str], bool]
) -> list[Unused]:
    """What can go, in the order in which it has to.

    `exists` says of a project's key, and of the folder that it was deployed from, whether the
    project is there still.
    """
    answers: dict[tuple[str, str], bool] = {}

    def gone(labels: dict[str, str]) -> bool:
        key = (labels.get(PROJECT, ""), labels.get(FOLDER, ""))
        if not key[0]:
            return False
        if key not in answers:
            answers[key] = exists(*key)
        return not answers[key]

    wanted = chosen(installation)
    found = [
        Unused("container", one.id, one.name, _whose(dict(one.labels)))
        for one in ours(client, installation)
        if gone(dict(one.labels))
    ]
    found += [
        Unused("network", row["Id"], row["Name"], _whose(row["Labels"]))
        for row in client.networks(filters=wanted)
        if gone(row["Labels"])
    ]
    found += [
        Unused("volume", row["Name"], row["Name"], _whose(row["Labels"]))
        for row in client.volumes(filters=wanted)["Volumes"] or []
        if gone(row["Labels"])
    ]
    going = {one.identity for one in found}
    return found + _images(client, wanted, gone, going)


def remove_all(client: APIClient, unused: list[Unused]) -> list[Unused]:
    """Remove what was found; gives what is gone. What is used by now stays."""
    return [one for one in unused if _removed(client, one)]


def _whose(labels: dict[str, str]) -> str:
    return labels.get(NAME) or labels.get(PROJECT, "")


def _images(
    client: APIClient,
    wanted: dict[str, list[str]],
    gone: Callable[[dict[str, str]], bool],
    going: set[str],
) -> list[Unused]:
    own = client.images(filters=wanted)
    shared = [
        row
        for part in _SHARED
        for row in client.images(filters={"label": f"{PART}={part.value}"})
        if PROJECT not in (row["Labels"] or {})
    ]
    used = {row["ImageID"] for row in client.containers(all=True) if row["Id"] not in going}
    out = [row for row in own if gone(row["Labels"]) and row["Id"] not in used]
    left = {row["Id"] for row in (*own, *shared)} - {row["Id"] for row in out}
    for row in sorted(shared, key=lambda row: row["Labels"][PART] != Part.PROXY):
        if row["Id"] not in used and not _has_children(client, row["Id"], left):
            out.append(row)
            left.discard(row["Id"])
    return [_image(row) for row in out]


def _has_children(client: APIClient, identity: str, others: set[str]) -> bool:
    """Whether another one of these images stands on this one."""
    layers = _layers(client, identity)
    return any(
        _layers(client, other)[: len(layers)] == layers for other in others if other != identity
    )


def _layers(client: APIClient, identity: str) -> list[str]:
    facts: dict[str, Any] = client.inspect_image(identity)  # type: ignore[no-untyped-call]
    return list(facts["RootFS"]["Layers"])


def _image(row: dict[str, Any]) -> Unused:
    name = (row["RepoTags"] or [row["Id"]])[0]
    labels = row["Labels"]
    whose = "any project" if PROJECT not in labels else _whose(labels)
    return Unused("image", row["Id"], name, whose, int(row["Size"]))


def _removed(client: APIClient, one: Unused) -> bool:
    from docker.errors import APIError

    try:
        match one.kind:
            case "container":
                remove(client, one.identity)
            case "network":
                return remove_unused(client, one.identity)
            case "volume":
                client.remove_volume(one.identity)
            case "image":
                client.remove_image(one.identity, force=False)
    except APIError as failure:
        if failure.status_code == 409:  # somebody uses it
            return False
        if failure.status_code != 404:
            raise
    return True
