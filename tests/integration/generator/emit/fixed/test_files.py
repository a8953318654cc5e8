"""Files of a row: taken in, sniffed, given out."""

from __future__ import annotations

import httpx
import psycopg
import pytest
from reference_project import Service

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 64
PDF = b"%PDF-1.7\n" + b"x" * 64
HTML = b"<!doctype html><script>alert(1)</script>"


def put(client: httpx.Client, path: str, content: bytes, kind: str = "") -> httpx.Response:
    headers = {"Content-Type": kind} if kind else {}
    return client.put(f"{path}/attachment", content=content, headers=headers)


def test_a_file_comes_back_as_it_was(ada: httpx.Client, card: str) -> None:
    assert ada.get(f"{card}/attachment").status_code == 404
    stored = put(ada, card, PNG, "image/png")
    assert (stored.status_code, stored.content, stored.headers["etag"]) == (204, b"", '"2"')
    row = ada.get(card)
    assert row.json()["attachment"] == {"content_type": "image/png", "size": len(PNG)}
    assert row.headers["etag"] == '"2"'
    file = ada.get(f"{card}/attachment")
    assert (file.status_code, file.content) == (200, PNG)
    assert file.headers["content-type"] == "image/png"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"] == 'inline; filename="attachment.png"'
    again = ada.get(f"{card}/attachment", headers={"If-None-Match": file.headers["etag"]})
    assert again.status_code == 304


def test_what_is_no_image_is_a_download(ada: httpx.Client, card: str) -> None:
    put(ada, card, PDF).raise_for_status()
    file = ada.get(f"{card}/attachment")
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (HTML, "image/png", 415),
        (HTML, "text/html", 415),
        (HTML, "", 415),
        (PNG, "image/jpeg", 415),
        (b"GIF89a" + b"\0" * 64, "image/gif", 415),
        (PNG, "text/html", 415),
        (b"", "image/png", 400),
        (PNG, "application/octet-stream", 204),
        (JPEG, "image/jpeg; charset=x", 204),
        (PNG + b"x" * 2_000_000, "image/png", 413),
        (PNG + b"x" * (2_000_000 - len(PNG)), "image/png", 204),
    ],
)
def test_only_accepted_kinds_and_sizes(
    ada: httpx.Client, card: str, content: bytes, kind: str, status: int
) -> None:
    assert put(ada, card, content, kind).status_code == status
    expected = 200 if status == 204 else 404
    assert ada.get(f"{card}/attachment").status_code == expected


def test_a_file_is_replaced_and_deleted_without_leftovers(
    service: Service, ada: httpx.Client, card: str
) -> None:
    def files() -> int:
        with psycopg.connect(service.project.database_url) as connection:
            row = connection.execute("SELECT count(*) FROM files").fetchone()
        return int(row[0]) if row else 0

    before = files()
    put(ada, card, PNG).raise_for_status()
    put(ada, card, JPEG).raise_for_status()
    assert ada.get(f"{card}/attachment").content == JPEG
    assert files() == before + 1
    assert ada.delete(f"{card}/attachment").status_code == 204
    assert ada.get(f"{card}/attachment").status_code == 404
    assert ada.get(card).json()["attachment"] is None
    assert ada.delete(f"{card}/attachment").status_code == 204
    assert files() == before
    put(ada, card, PNG).raise_for_status()
    ada.delete(card).raise_for_status()
    assert files() == before


def test_a_version_guards_a_file(ada: httpx.Client, card: str) -> None:
    put(ada, card, PNG).raise_for_status()
    stale = ada.put(f"{card}/attachment", content=JPEG, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert ada.get(f"{card}/attachment").content == PNG
    assert ada.delete(f"{card}/attachment", headers={"If-Match": '"1"'}).status_code == 412


def test_access_to_a_file_is_access_to_its_row(
    ada: httpx.Client, bob: httpx.Client, anonymous: httpx.Client, board: str, card: str
) -> None:
    put(ada, card, PNG).raise_for_status()
    for client, status in ((bob, 404), (anonymous, 404)):
        assert client.get(f"{card}/attachment").status_code == status
    assert put(anonymous, card, HTML).status_code == 401
    assert put(bob, card, HTML).status_code == 404
    ada.patch(board, json={"published": True}).raise_for_status()
    assert anonymous.get(f"{card}/attachment").content == PNG
    assert put(bob, card, HTML).status_code == 403
    assert bob.delete(f"{card}/attachment").status_code == 403
    assert ada.get(f"{card}/attachment").content == PNG
