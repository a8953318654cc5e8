"""What an engine holds of deleted projects, and the shared images that nobody uses.

A project is deleted when it was removed from the trash for good. One whose folder is not where it
was may have been moved: what there is of it is told, and never removed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from local_engine.runtime.docker.containers import ours, remove
from local_engine.runtime.docker.labels import FOLDER, NAME, PART, PROJECT, Part, chosen
from local_engine.runtime.docker.networks import remove_unused
from local_engine.runtime.docker.place import ASIDE, DeploymentPlace

if TYPE_CHECKING:
    from docker import APIClient

Kind = Literal["container", "network", "volume", "image"]
Whereabouts = Literal["there", "missing", "deleted"]
"""Of a project; `missing` is one that is not where it was, and of which nothing else is known."""
WhereaboutsOf = Callable[[str, str], Whereabouts]
Labels = Mapping[str, str]
_SHARED = (Part.RUNTIME, Part.PROXY, Part.CLUSTER)


@dataclass(frozen=True)
class Unused:
    """A thing that may go: `whose` says in words what it was for; bytes where they are known.

    `data_of` is the key of the project whose database a volume is.
    """

    kind: Kind
    identity: str
    name: str
    whose: str
    size: int | None = None
    data_of: str = ""


def find_unused(client: APIClient, installation: str, whereabouts: WhereaboutsOf) -> list[Unused]:
    """What can go, in the order in which it has to.

    `whereabouts` is asked with a project's key and the folder that it was deployed from.
    """
    gone = _of_projects("deleted", whereabouts)
    wanted = chosen(installation)
    found = [
        Unused("container", one.id, one.name, _whose(one.labels))
        for one in ours(client, installation)
        if gone(one.labels)
    ]
    found += [
        Unused("network", row["Id"], row["Name"], _whose(row["Labels"]))
        for row in client.networks(filters=wanted)
        if gone(row["Labels"])
    ]
    found += _volumes(client, wanted, gone)
    going = {one.identity for one in found}
    return found + _images(client, wanted, gone, going)


def find_missing(client: APIClient, installation: str, whereabouts: WhereaboutsOf) -> list[Unused]:
    """The data of projects whose folders are not found: kept, because they may have been moved."""
    missing = _of_projects("missing", whereabouts)
    return _volumes(client, chosen(installation, part=Part.DATA), missing)


def _of_projects(wanted: Whereabouts, whereabouts: WhereaboutsOf) -> Callable[[Labels], bool]:
    answers: dict[tuple[str, str], Whereabouts] = {}

    def applies(labels: Labels) -> bool:
        key = (labels.get(PROJECT, "").removesuffix(ASIDE), labels.get(FOLDER, ""))
        if not key[0]:
            return False
        if key not in answers:
            answers[key] = whereabouts(*key)
        return answers[key] == wanted

    return applies


def _volumes(
    client: APIClient, wanted: dict[str, list[str]], chosen_by: Callable[[Labels], bool]
) -> list[Unused]:
    return [
        Unused("volume", row["Name"], row["Name"], _whose(labels), data_of=_data_of(labels))
        for row in client.volumes(filters=wanted)["Volumes"] or []
        if chosen_by(labels := row["Labels"])
    ]


def _data_of(labels: Labels) -> str:
    return labels[PROJECT] if labels[PART] == Part.DATA else ""


def remove_all(client: APIClient, unused: list[Unused]) -> list[Unused]:
    """Remove what was found; gives what is gone. What is used by now stays.

    With a database go its passwords on this machine.
    """
    gone = [one for one in unused if _removed(client, one)]
    for one in gone:
        if one.data_of:
            DeploymentPlace.of(one.data_of).forget()
    return gone


def _whose(labels: Labels) -> str:
    name = labels.get(NAME) or labels.get(PROJECT, "")
    return f"{name} ({labels[FOLDER]})" if FOLDER in labels else name


def _images(
    client: APIClient,
    wanted: dict[str, list[str]],
    gone: Callable[[Labels], bool],
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
