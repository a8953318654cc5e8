"""What follows when a request replaces a row, or changes its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn, created

BLUEPRINT = "tests/support/blueprints/following.yaml"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40

Happened = Callable[[], list[str]]


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann")


@pytest.fixture
def photo(ann: httpx.Client) -> dict[str, Any]:
    return created(ann, "/photos", title="Sea")


@pytest.fixture
def happened(ann: httpx.Client, photo: dict[str, Any], held: psycopg.Connection[Any]) -> Happened:
    """What effects have written since the last call, in order."""
    held.autocommit = True

    def read() -> list[str]:
        rows = held.execute("SELECT text FROM entries ORDER BY id").fetchall()
        held.execute("DELETE FROM entries")
        return [row[0] for row in rows]

    assert (read(), ann.get(f"/photos/{photo['id']}").status_code) == (["created"], 200)
    return read


def test_replacing_is_a_change(
    ann: httpx.Client, photo: dict[str, Any], happened: Happened
) -> None:
    def rate(**changes: Any) -> httpx.Response:
        return ann.post("/ratings", json={"photo_id": photo["id"], "stars": 3, **changes})

    first = rate()
    assert (first.status_code, happened()) == (201, ["rated", "stars"])
    same = rate()
    assert (same.status_code, happened()) == (200, [])
    assert same.headers["etag"] == first.headers["etag"]
    noted = rate(note="well")
    assert (noted.status_code, happened()) == (200, ["rated again"])
    better = rate(stars=4, note="well")
    assert (better.status_code, happened()) == (200, ["rated again", "stars"])
    assert better.headers["etag"] != noted.headers["etag"] != first.headers["etag"]


def test_effects_of_one_kind_alone(
    ann: httpx.Client, photo: dict[str, Any], happened: Happened
) -> None:
    for pages, status, follows in ((1, 201, []), (2, 200, ["moved"]), (2, 200, [])):
        marked = ann.post("/marks", json={"photo_id": photo["id"], "page": pages})
        assert (marked.status_code, happened()) == (status, follows)
    for times, status, follows in ((1, 201, ["came"]), (2, 200, [])):
        visited = ann.post("/visits", json={"photo_id": photo["id"], "times": times})
        assert (visited.status_code, happened()) == (status, follows)


def test_a_file_is_a_part_of_its_row(
    ann: httpx.Client, photo: dict[str, Any], happened: Happened
) -> None:
    path = f"/photos/{photo['id']}"
    etag = ann.get(path).headers["etag"]

    def shows(answer: httpx.Response) -> None:
        nonlocal etag
        assert answer.status_code == 204, answer.text
        assert answer.headers["etag"] == ann.get(path).headers["etag"]
        etag = answer.headers["etag"]

    for looked_at in (1, 2):
        before = etag
        headers = {"Content-Type": "image/png", "If-Match": etag}
        shows(ann.put(f"{path}/picture", content=PNG, headers=headers))
        assert (etag != before, happened()) == (True, ["changed", "new picture"])
        assert ann.get(path).json()["looked_at"] == looked_at
    before = etag
    shows(ann.delete(f"{path}/picture"))
    assert (etag != before, happened()) == (True, ["changed", "new picture"])
    before = etag
    shows(ann.delete(f"{path}/picture"))
    assert (etag == before, happened()) == (True, [])
