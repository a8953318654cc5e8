"""Import and export over HTTP: uploads, jobs, downloads, and what hostile sources come to."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from engine_process import TOKEN, EngineProcess, new_home, running_engine
from event_stream import Sent, follow
from repository_rules import ROOT

from local_engine.api.gate import MAX_UPLOAD_BYTES
from local_engine.runtime.postgres import Database

JOBS, UPLOADS, PROJECTS = "/api/v1/jobs", "/api/v1/uploads", "/api/v1/projects"
BYTES = {"Content-Type": "application/octet-stream"}
DDL = """
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, password text NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, title text NOT NULL);
CREATE VIEW recent AS SELECT 1;
"""
TODO = (ROOT / "docs/examples/01-todo/blueprint.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def own() -> Iterator[EngineProcess]:
    with new_home() as home, running_engine(home, BACKEND_GENERATOR_KEY_STORE="none") as running:
        yield running


@pytest.fixture(scope="module")
def api(own: EngineProcess) -> httpx.Client:
    return own.client


@pytest.fixture(scope="module")
def todo(api: httpx.Client) -> dict[str, Any]:
    """A project with code, and a secret file in it."""
    created = api.post(PROJECTS, json={"blueprint": TODO}).json()
    assert ended(api, created["job"]["id"]).type == "succeeded"
    (Path(created["project"]["folder"]) / ".env").write_text("SECRET_KEY=hidden\n")
    project: dict[str, Any] = created["project"]
    return project


def ended(api: httpx.Client, job: str) -> Sent:
    return list(follow(api, f"{JOBS}/{job}/events"))[-1]


def upload(api: httpx.Client, content: bytes) -> str:
    answer = api.post(UPLOADS, content=content, headers=BYTES)
    assert answer.status_code == 201, answer.text
    assert answer.json()["bytes"] == len(content)
    return str(answer.json()["upload"])


def imported(api: httpx.Client, source: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Run an import; gives the job, with its last event under `end`."""
    answer = api.post(JOBS, json={"kind": "import", "source": source, **more})
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    end = ended(api, job)
    facts: dict[str, Any] = api.get(f"{JOBS}/{job}").json()
    return facts | {"end": end.data["event"]}


def from_upload(api: httpx.Client, content: bytes, form: str, **more: Any) -> dict[str, Any]:
    source = {"type": "upload", "upload": upload(api, content), "form": form, **more}
    return imported(api, source)


def test_a_ddl_becomes_a_project_with_an_account(api: httpx.Client) -> None:
    job = from_upload(api, DDL.encode(), "sql")
    result = job["result"]
    assert "title: string" in result["blueprint"]
    assert {note["outcome"] for note in result["account"]} == {"assumed", "left out", "question"}
    assert any("password" in note["source"] for note in result["account"])
    assert result["counts"]["taken"] > 0
    created = api.post(PROJECTS, json={"imported": job["id"], "name": "Mine"}).json()
    assert ended(api, created["job"]["id"]).type == "succeeded"
    project = f"{PROJECTS}/{created['project']['id']}"
    assert api.get(f"{project}/blueprint").json()["text"] == result["blueprint"]
    (version,) = api.get(f"{project}/versions").json()["versions"]
    assert (version["cause"], version["title"]) == ("import", "Imported from sql")


def test_an_openapi_document_and_a_zip_go_around(api: httpx.Client, todo: dict[str, Any]) -> None:
    document = download(api, exported(api, todo, "openapi"))
    assert "owner: owner" in from_upload(api, document.content, "openapi")["result"]["blueprint"]
    copy = download(api, exported(api, todo, "zip"))
    assert from_upload(api, copy.content, "project")["result"]["blueprint"] == TODO
    folder = imported(api, {"type": "folder", "folder": todo["folder"]})
    assert folder["result"]["blueprint"] == TODO
    assert folder["result"]["source"] == todo["folder"]


def test_a_running_database_leaves_no_trace_of_its_address(
    api: httpx.Client, own: EngineProcess, database: Database
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE notes (id int PRIMARY KEY, title text NOT NULL)")
    head, place = database.url.rsplit("@", 1)
    password = head.rsplit(":", 1)[1]
    name = api.post("/api/v1/secrets/once", json={"value": database.url}).json()["name"]
    job = imported(api, {"type": "database", "address": name})
    assert "title: string" in job["result"]["blueprint"], job["end"]
    assert job["result"]["source"] == f"127.0.0.1/{place.rsplit('/', 1)[1]}"
    again = api.post(f"{JOBS}/{job['id']}/repeat").json()["id"]
    assert ended(api, again).type == "succeeded"
    wrong = f"postgresql://{database.role}:wrong-Password-1@{place}"
    name = api.post("/api/v1/secrets/once", json={"value": wrong}).json()["name"]
    refused = imported(api, {"type": "database", "address": name})
    assert refused["end"]["code"] == "not-importable"
    assert "password authentication failed" in refused["end"]["detail"]
    home = home_of(own)
    for file in [path for path in home.rglob("*") if path.is_file()]:
        content = file.read_bytes()
        for secret in (password, "wrong-Password-1", f"{database.role}:", f"{database.role}@"):
            assert secret.encode() not in content, file


@pytest.mark.parametrize(
    ("value", "code"),
    [("no address", "not-importable"), ("postgresql://me:x@127.0.0.1:1/y", "not-importable")],
)
def test_a_database_that_cannot_be_read(api: httpx.Client, value: str, code: str) -> None:
    name = api.post("/api/v1/secrets/once", json={"value": value}).json()["name"]
    job = imported(api, {"type": "database", "address": name})
    assert job["end"]["code"] == code
    assert "x@" not in json.dumps(job)


def test_an_address_that_is_forgotten(api: httpx.Client) -> None:
    job = imported(api, {"type": "database", "address": "once.0123"})
    assert job["end"]["code"] == "no-such-secret"
    job = imported(api, {"type": "upload", "upload": "0" * 32, "form": "sql"})
    assert job["end"]["code"] == "no-such-upload"


def zipped(entries: dict[str, bytes], link: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if link:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
RECURSIVE = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        "/nodes/{id}": {"get": {"responses": {}}},
        "/nodes": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Node"}}
                    }
                },
                "responses": {},
            }
        },
    },
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "child": {"$ref": "#/components/schemas/Node"},
                },
            },
            "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
        }
    },
}
BLUEPRINT = {"blueprint.yaml": TODO.encode()}
HOSTILE = {
    "zip slip": ("project", zipped(BLUEPRINT | {"../../evil": b"x"})),
    "absolute": ("project", zipped(BLUEPRINT | {"/etc/cron.d/evil": b"x"})),
    "link": ("project", zipped(BLUEPRINT, link="app")),
    "size bomb": ("project", zipped({"blueprint.yaml": b"0" * 90_000_000})),
    "no zip": ("project", b"PK\x03\x04 not really"),
    "yaml bomb in a zip": ("project", zipped({"blueprint.yaml": BOMB.encode()})),
    "yaml bomb": ("openapi", BOMB.encode()),
    "deep yaml": ("openapi", b"[" * 100_000),
    "deep json": ("openapi", b'{"a":' * 100_000),
    "not UTF-8": ("openapi", b"openapi: \xff\xfe"),
    "not UTF-8 either": ("sql", b"CREATE TABLE \xff (id int);"),
    "no tables": ("sql", b"SELECT 1;"),
    "deep SQL": ("sql", b"CREATE TABLE t (a int CHECK (" + b"(" * 50_000),
    "python tags": ("openapi", b"!!python/object/apply:os.system ['touch /tmp/evil']"),
}


SAMPLE = ("zip slip", "size bomb", "yaml bomb", "not UTF-8", "deep SQL")


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in SAMPLE else pytest.mark.full) for one in HOSTILE]
)
def test_a_hostile_source_is_refused_in_words(api: httpx.Client, name: str) -> None:
    form, content = HOSTILE[name]
    job = from_upload(api, content, form)
    assert job["status"] == "failed"
    assert job["end"]["code"] in ("not-importable", "invalid-blueprint"), job["end"]
    assert len(job["end"]["detail"]) > 10
    assert api.get("/health").status_code == 200


def test_a_schema_that_holds_itself_is_read(api: httpx.Client) -> None:
    job = from_upload(api, json.dumps(RECURSIVE).encode(), "openapi")
    assert job["status"] == "succeeded", job["end"]
    assert "Node:" in job["result"]["blueprint"]


def test_uploads_have_limits(api: httpx.Client, own: EngineProcess) -> None:
    assert api.post(UPLOADS, content=b"x").status_code == 415
    assert api.post(UPLOADS, content=b"", headers=BYTES).status_code == 422
    assert status_of_announced(own, MAX_UPLOAD_BYTES + 1) == 413
    upload(api, bytes(9 * 1024 * 1024))  # more than other bodies may have
    assert api.post(JOBS, content=bytes(9 * 1024 * 1024)).status_code == 413

    def without_end() -> Iterator[bytes]:
        for _ in range(MAX_UPLOAD_BYTES // 1_000_000 + 2):
            yield bytes(1_000_000)

    answer = api.post(UPLOADS, content=without_end(), headers=BYTES, timeout=120)
    assert answer.status_code == 413, answer.text
    kept = [path.stat().st_size for path in (home_of(own) / "uploads").iterdir()]
    assert max(kept) <= MAX_UPLOAD_BYTES
    assert all(path.stat().st_mode & 0o77 == 0 for path in (home_of(own) / "uploads").iterdir())
    first = upload(api, b"1")
    for _ in range(20):
        upload(api, b"2")
    assert len(list((home_of(own) / "uploads").iterdir())) == 20
    gone = imported(api, {"type": "upload", "upload": first, "form": "sql"})
    assert gone["end"]["code"] == "no-such-upload"


def status_of_announced(own: EngineProcess, size: int) -> int:
    """The answer to an upload that says how large it is, before any of it is sent."""
    connection = http.client.HTTPConnection("127.0.0.1", own.ready["port"], timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("POST", UPLOADS)
        for name, value in (
            *BYTES.items(),
            ("Authorization", f"Bearer {TOKEN}"),
            ("Content-Length", str(size)),
        ):
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


def home_of(own: EngineProcess) -> Path:
    found = Path(f"/proc/{own.ready['pid']}/environ").read_bytes().split(b"\0")
    (home,) = [one[23:] for one in found if one.startswith(b"BACKEND_GENERATOR_HOME=")]
    return Path(os.fsdecode(home))


def exported(api: httpx.Client, project: dict[str, Any], form: str, **more: Any) -> dict[str, Any]:
    request = {"kind": "export", "project": project["id"], "form": form, **more}
    answer = api.post(JOBS, json=request)
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    end = ended(api, job)
    facts: dict[str, Any] = api.get(f"{JOBS}/{job}").json()
    return facts | {"end": end.data["event"]}


def download(api: httpx.Client, job: dict[str, Any]) -> httpx.Response:
    assert job["status"] == "succeeded", job["end"]
    answer = api.get(f"/api/v1/exports/{job['id']}")
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == job["result"]["bytes"]
    return answer


FORMS = {
    "openapi": ("application/json", ".openapi.json", b'"openapi": "3.1'),
    "postman": ("application/json", ".postman_collection.json", b"schema.getpostman.com"),
    "mermaid": ("text/vnd.mermaid", ".mmd", b"User ||--o{ Todo"),
    "svg": ("image/svg+xml", ".svg", b"<svg"),
    "schema": ("application/schema+json", ".schema.json", b'"Blueprint"'),
    "typescript": ("application/zip", "-client.zip", b"PK"),
    "bruno": ("application/zip", "-bruno.zip", b"PK"),
    "zip": ("application/zip", ".zip", b"PK"),
    "folder": ("application/zip", ".zip", b"PK"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_format_is_downloaded_under_its_name(
    api: httpx.Client, todo: dict[str, Any], form: str
) -> None:
    media_type, ending, sign = FORMS[form]
    answer = download(api, exported(api, todo, form))
    assert answer.headers["content-type"].partition(";")[0] == media_type
    name = Path(todo["folder"]).name + ending
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert sign in answer.content
    if media_type == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            names = archive.namelist()
        assert not [one for one in names if one.endswith(".env")]
        wanted = {"typescript": "client.ts", "bruno": "create-todo.bru"}.get(form, "app/main.py")
        assert [one for one in names if one.endswith(wanted)]
    listed = api.get(f"{PROJECTS}/{todo['id']}/exports").json()["exports"]
    assert listed[0]["result"]["form"] == form


def test_an_export_says_what_it_leaves_out(api: httpx.Client, todo: dict[str, Any]) -> None:
    assert ".env" in exported(api, todo, "zip")["result"]["left_out"]


def test_an_export_into_a_folder(api: httpx.Client, todo: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "client"
    result = exported(api, todo, "typescript", target=str(target))["result"]
    assert (result["path"], result["file"]) == (str(target), None)
    assert (target / "client.ts").is_file()
    again = exported(api, todo, "typescript", target=str(target))
    assert again["end"]["code"] == "target-exists"
    nowhere = exported(api, todo, "svg", target=str(tmp_path / "no" / "x.svg"))
    assert nowhere["end"]["code"] == "no-such-folder"
    relative = {"kind": "export", "project": todo["id"], "form": "svg", "target": "../x.svg"}
    assert api.post(JOBS, json=relative).status_code == 422


def test_only_exports_are_downloaded(api: httpx.Client) -> None:
    job = from_upload(api, DDL.encode(), "sql")
    answer = api.get(f"/api/v1/exports/{job['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-export")
