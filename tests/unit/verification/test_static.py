"""The static checks on a small project: clean, and with each defect they look for."""

from pathlib import Path
from typing import Any

import pytest
from notes_service.application import APPLICATION
from notes_service.running import NotesControls
from notes_service.service import Service

from local_engine.verification.checks import Result, Verdict
from local_engine.verification.context import Context
from local_engine.verification.groups.static import GROUP
from local_engine.verification.http import Client
from local_engine.verification.judge import judge
from local_engine.verification.openapi import Document

MAIN = '''\
"""The application."""

from app.routing import Router

router = Router(prefix="/notes")

LIST = """
    SELECT n.id FROM notes AS n WHERE n.owner_id = %(actor)s
"""
COLUMNS = "title = %(title)s"
UPDATE = f"UPDATE notes SET {COLUMNS} WHERE id = %(id)s"


@router.get("")
def list_notes(request: str) -> str:
    """Notes."""
    return LIST + request


@router.delete("/{note_id}")
def delete_note(request: str, note_id: str) -> str:
    """Delete."""
    return request + note_id
'''
ROUTING = '''\
"""Routes."""

from collections.abc import Callable

Handler = Callable[..., str]


class Router:
    """A router."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.paths: list[str] = []

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """A GET route."""
        return self._add(path)

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        """A DELETE route."""
        return self._add(path)

    def _add(self, path: str) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            return handler

        self.paths.append(path)
        return add
'''
FILES = {
    "app/__init__.py": '"""A project."""\n',
    "app/main.py": MAIN,
    "app/routing.py": ROUTING,
    "migrations/0001_core.up.sql": "CREATE TABLE users (password_hash text);\n",
    "migrations/0001_core.down.sql": "DROP TABLE users;\n",
    "migrations/0002_notes.up.sql": "CREATE TABLE notes ();\n",
    "migrations/0002_notes.down.sql": "DROP TABLE notes;\n",
    ".env.example": "SECRET_KEY=change-me-to-at-least-32-characters\n"
    "DATABASE_URL=postgresql://app:${POSTGRES_PASSWORD}@localhost/app\n",
    "compose.yaml": "environment:\n  POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it}\n",
}
PATHS: dict[str, Any] = {"/notes": {"get": {}}, "/notes/{id}": {"delete": {}}}

# For each check: what is written into which file, in place of what (None: at the end).
DEFECTS: list[tuple[str, str, str | None, str]] = [
    ("static.compile", "app/main.py", None, "def broken(:\n"),
    ("static.compile", "app/main.py", None, "type Alias = int\n"),
    ("static.lint", "app/main.py", None, "import os\n"),
    ("static.format", "app/main.py", None, "x  =  1\n"),
    ("static.types", "app/main.py", None, "number: int = LIST\n"),
    ("static.types", "app/main.py", "request: str) -> str:", "request) -> str:"),
    ("static.evaluation", "app/main.py", None, "print(eval(LIST))\n"),
    ("static.evaluation", "app/main.py", None, "import os\nos.system(LIST)\n"),
    ("static.evaluation", "app/main.py", None, "subprocess.run(LIST, shell=True)\n"),
    ("static.deserialization", "app/main.py", None, "import pickle\npickle.loads(b'')\n"),
    ("static.deserialization", "app/main.py", None, "yaml.load(LIST)\n"),
    ("static.sql", "app/main.py", "LIST + request", 'f"SELECT 1 FROM notes WHERE a = {request}"'),
    ("static.sql", "app/main.py", None, "T = f\"SELECT 1 FROM notes WHERE a = '{LIST}'\"\n"),
    ("static.sql", "app/main.py", "LIST + request", '"DELETE FROM notes WHERE a = " + request'),
    ("static.sql", "app/main.py", "LIST + request", "\"UPDATE notes SET a = '%s'\" % request"),
    ("static.debug", "app/main.py", None, "app = FastAPI(debug=True)\n"),
    (
        "static.debug",
        "app/main.py",
        None,
        "add(CORS, allow_origins=['*'], allow_credentials=True)\n",
    ),
    ("static.routes_described", "app/main.py", '"/{note_id}"', '"/{note_id}/secret"'),
    ("static.routes_written", "app/main.py", "@router.delete", "@other.delete"),
    ("static.secrets", "app/main.py", None, 'SECRET_KEY = "k8Jx2mQ9vLp4Rt7WzY1nB6cD3fG5hS0a"\n'),
    ("static.secrets", "app/main.py", None, 'KEY = "AKIA2E0A8F3B244C9986"\n'),
    ("static.secrets", ".env.example", None, "API_TOKEN=9f86d081884c7d659a2feaa0c55ad015\n"),
    ("static.secrets", "compose.yaml", None, "url: postgresql://app:hunter22x@db/app\n"),
    ("static.secrets", "key.pem", None, "-----BEGIN RSA PRIVATE KEY-----\n"),
    ("static.migrations", "migrations/0004_gap.up.sql", None, "SELECT 1;\n"),
    ("static.migrations", "migrations/0003_one_way.up.sql", None, "SELECT 1;\n"),
    ("static.migrations", "migrations/notes.sql", None, "SELECT 1;\n"),
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def judged(check_id: str, project: Path) -> Result:
    controls = NotesControls(Service(), 1)
    controls.project = project
    with Client(controls.base_url) as http:
        context = Context(APPLICATION, controls, http)
        context.document = Document({"openapi": "3.1.0", "paths": PATHS})
        check = next(one for one in GROUP.checks(APPLICATION) if one.id == check_id)
        return judge(check, context, ())


@pytest.mark.parametrize("check_id", [check.id for check in GROUP.checks(APPLICATION)])
def test_a_clean_project_passes(check_id: str, project: Path) -> None:
    result = judged(check_id, project)

    assert result.verdict is Verdict.PASSED, result.reason


def test_types_are_checked_where_nothing_can_be_kept(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path_factory.mktemp("elsewhere") / "cache"
    occupied.write_text("a file where the user's cache would be")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: occupied / name)
    result = judged("static.types", project)
    assert result.verdict is Verdict.PASSED, result.reason


@pytest.mark.parametrize(("check_id", "file", "old", "new"), DEFECTS)
def test_a_defect_is_found(
    check_id: str, file: str, old: str | None, new: str, project: Path
) -> None:
    path = project / file
    before = path.read_text() if path.exists() else ""
    path.write_text(before + new if old is None else before.replace(old, new, 1))
    assert path.read_text() != before

    result = judged(check_id, project)

    assert result.verdict is Verdict.FAILED, result.reason


def test_every_check_has_a_defect() -> None:
    assert {check.id for check in GROUP.checks(APPLICATION)} == {case[0] for case in DEFECTS}


def test_what_other_tools_leave_behind_is_not_read(project: Path) -> None:
    for folder in (".venv/lib", ".mypy_cache", "__pycache__", ".git"):
        (project / folder).mkdir(parents=True)
        (project / folder / "x.py").write_text("eval('1')\nimport\n")

    assert judged("static.compile", project).verdict is Verdict.PASSED
    assert judged("static.secrets", project).verdict is Verdict.PASSED


def test_the_own_settings_may_hold_secrets_where_git_leaves_them_out(project: Path) -> None:
    (project / ".env").write_text("SMTP_URL=smtp://shop:hunter22x@mail\n")
    assert judged("static.secrets", project).verdict is Verdict.FAILED
    (project / ".gitignore").write_text(".venv/\n.env\n")
    assert judged("static.secrets", project).verdict is Verdict.PASSED


def test_a_folder_without_code_is_inconclusive(tmp_path: Path) -> None:
    assert judged("static.compile", tmp_path).verdict is Verdict.INCONCLUSIVE
