"""`import` and `export` as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from engine_process import command_line

from local_engine.runtime.postgres import Database

EXAMPLES = Path(__file__).parents[3] / "docs/examples"
DDL = """
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, password text NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, title text NOT NULL);
CREATE VIEW recent AS SELECT 1;
"""


def run(
    *arguments: str, cwd: Path, code: int = 0, given: str = "", password: str = ""
) -> subprocess.CompletedProcess[str]:
    settings = {"PGPASSWORD": password} if password else {}
    result = subprocess.run(
        [*command_line(), *arguments],
        cwd=cwd, capture_output=True, text=True, input=given, timeout=180, check=False,
        env={**os.environ, "NO_COLOR": "1", **settings},
    )  # fmt: skip
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def facts(*arguments: str, cwd: Path, password: str = "") -> Any:
    return json.loads(run(*arguments, "--json", cwd=cwd, password=password).stdout)


def test_a_ddl_becomes_a_project(tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text(DDL)
    printed = run("import", "notes.sql", cwd=tmp_path).stdout
    assert printed.startswith("blueprint: 1\nname: notes\n")
    assert "! left out: users.password: passwords are not imported" in printed
    assert "? question: notes: only `owner` may read" in printed
    found = facts("import", "notes.sql", "--project", "-o", "made", cwd=tmp_path)
    assert [note["outcome"] for note in found["account"]].count("left out") == 2
    assert (tmp_path / "made/app/notes/router.py").is_file()
    run("check", "made", cwd=tmp_path)
    again = facts("import", "made", cwd=tmp_path)
    assert again["blueprint"] == found["blueprint"]


def test_an_existing_blueprint_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text(DDL)
    (tmp_path / "mine.yaml").write_text("mine")
    result = run("import", "notes.sql", "-o", "mine.yaml", cwd=tmp_path, code=1)
    assert "exists already" in result.stderr
    assert (tmp_path / "mine.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.sql"], "no file"),
        (["thing.unknown"], "cannot be told"),
        (["prose.sql"], "no CREATE TABLE"),
        (["bytes.sql"], "not UTF-8"),
        (["prose.sql", "--dialect", "oracle"], "dialect oracle"),
        (["prose.sql", "--from", "csv"], "no kind of source"),
        (["postgresql://me:secret@127.0.0.1:1/x"], "must not hold a password"),
        (["postgresql://me@127.0.0.1:1/x"], "PostgreSQL refuses"),
    ],
)
def test_a_mistake_is_explained(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "prose.sql").write_text("hello")
    (tmp_path / "bytes.sql").write_bytes(b"\xff\xfe")
    code = 1 if words in ("no CREATE TABLE", "not UTF-8", "PostgreSQL refuses") else 2
    code = 1 if words == "dialect oracle" else code
    result = run("import", *arguments, cwd=tmp_path, code=code)
    assert words in result.stderr
    assert "secret" not in result.stdout + result.stderr


def test_a_running_database_is_imported_with_its_password_kept(
    database: Database, tmp_path: Path
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE notes (id int PRIMARY KEY, title text NOT NULL)")
    head, place = database.url.rsplit("@", 1)
    password = head.rsplit(":", 1)[1]
    address = f"postgresql://{database.role}@{place}"
    result = run(
        "import", address, "--password-stdin", "--json", cwd=tmp_path, given=f"{password}\n"
    )
    assert "title: string" in json.loads(result.stdout)["blueprint"]
    assert password not in result.stdout + result.stderr
    found = facts("import", address, cwd=tmp_path, password=password)
    assert "title: string" in found["blueprint"]


@pytest.mark.full
def test_every_format_is_exported(tmp_path: Path) -> None:
    example = (EXAMPLES / "01-todo/blueprint.yaml").read_text()
    (tmp_path / "blueprint.yaml").write_text(example)
    run("generate", "blueprint.yaml", "-o", "todo", cwd=tmp_path)
    (tmp_path / "todo/.env").write_text("SECRET_KEY=hidden")
    for form, target in (
        ("openapi", "openapi.json"), ("typescript", "client"), ("postman", "postman.json"),
        ("bruno", "bruno"), ("mermaid", "er.mmd"), ("svg", "er.svg"), ("schema", "schema.json"),
        ("compose", "compose"), ("swarm", "swarm"), ("kubernetes", "kubernetes"),
        ("zip", "todo.zip"), ("folder", "copy"),
    ):  # fmt: skip
        assert (
            f"Wrote {target}"
            in run("export", "todo", "--as", form, "-o", target, cwd=tmp_path).stdout
        )
    assert json.loads((tmp_path / "openapi.json").read_text())["openapi"].startswith("3.1")
    assert "createTodo(" in (tmp_path / "client/client.ts").read_text()
    assert (tmp_path / "bruno/todos/create-todo.bru").is_file()
    assert "User ||--o{ Todo" in (tmp_path / "er.mmd").read_text()
    assert json.loads((tmp_path / "schema.json").read_text())["title"] == "Blueprint"
    assert (tmp_path / "compose/compose.yaml").is_file()
    assert (tmp_path / "swarm/stack.yaml").is_file()
    assert (tmp_path / "kubernetes/kustomization.yaml").is_file()
    assert (tmp_path / "copy/app/main.py").is_file()
    assert not (tmp_path / "copy/.env").exists()
    with zipfile.ZipFile(tmp_path / "todo.zip") as archive:
        names = archive.namelist()
    assert "todo/blueprint.yaml" in names
    assert not [name for name in names if name.endswith(".env")]
    found = facts("import", "todo.zip", cwd=tmp_path)
    assert found["blueprint"] == example
    imported = facts("import", "openapi.json", cwd=tmp_path)
    assert "owner: owner" in imported["blueprint"]
    result = run("export", "todo", "--as", "svg", "-o", "er.svg", cwd=tmp_path, code=2)
    assert "exists already" in result.stderr
    assert (
        "no format" in run("export", "todo", "--as", "pdf", "-o", "x", cwd=tmp_path, code=2).stderr
    )
