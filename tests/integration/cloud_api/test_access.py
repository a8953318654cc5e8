"""Who may do what with a project: every operation × {owner, editor, viewer, other, nobody}."""

from __future__ import annotations

import httpx
import pytest
from cloud_operations import Known, Operation, all_operations, ids_of
from cloud_service import CloudService, Person

ACTORS = ("owner", "editor", "viewer", "other", "nobody")
EXPECTED: dict[str, tuple[int, int, int, int, int]] = {
    "getProject": (200, 200, 200, 404, 401),
    "renameProject": (200, 403, 403, 404, 401),
    "pushBlueprint": (201, 201, 403, 404, 401),
    "listBlueprints": (200, 200, 200, 404, 401),
    "getBlueprint": (200, 200, 200, 404, 401),
    "pushVerification": (201, 201, 403, 404, 401),
    "listVerifications": (200, 200, 200, 404, 401),
    "shareProject": (201, 403, 403, 404, 401),
    "listShares": (200, 403, 403, 404, 401),
    "unshareProject": (204, 403, 403, 404, 401),
    "leaveProject": (403, 204, 204, 404, 401),
    "deleteProject": (204, 403, 403, 404, 401),
}
ABOUT_PROJECTS = [one for one in all_operations() if "project" in one.parameters]


@pytest.fixture
def cast(cloud: CloudService) -> dict[str, tuple[httpx.Client, Known]]:
    """One of each actor, about the same project."""
    owner = cloud.new_person("owner")
    known = Known(cloud, owner, ids_of(owner))
    clients = {"owner": owner.client, "nobody": cloud.new_client()}
    clients["other"] = cloud.new_person("other").client
    for role in ("editor", "viewer"):
        clients[role] = member(cloud, owner, known.ids["project"], role).client
    return {actor: (clients[actor], known) for actor in ACTORS}


def member(cloud: CloudService, owner: Person, project: str, role: str) -> Person:
    """Somebody who came in by a link."""
    shared = owner.client.post(f"/projects/{project}/shares", json={"role": role}).json()
    person = cloud.new_person(role)
    accepted = person.client.post("/shares/accept", json={"token": shared["token"]})
    assert accepted.json()["role"] == role
    return person


def test_the_table_is_complete() -> None:
    assert set(EXPECTED) == {one.name for one in ABOUT_PROJECTS}


@pytest.mark.parametrize("operation", ABOUT_PROJECTS, ids=lambda one: one.name)
def test_who_may(cast: dict[str, tuple[httpx.Client, Known]], operation: Operation) -> None:
    """The weakest first, so that nothing is gone before its turn."""
    found = {}
    for actor in reversed(ACTORS):
        client, known = cast[actor]
        json = operation.valid.json(known) if operation.valid.json is not None else None
        path = operation.path.format(**known.ids)
        found[actor] = client.request(operation.method, path, json=json).status_code
    assert tuple(found[actor] for actor in ACTORS) == EXPECTED[operation.name]
