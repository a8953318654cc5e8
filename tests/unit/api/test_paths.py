"""Paths that a request may name: a table of those that it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local_engine.api.features.files.paths import checked, place_of
from local_engine.api.problems import Problem

REFUSED = {
    "empty": "",
    "absolute": "/etc/passwd",
    "two slashes": "//server/share",
    "parent": "../secret",
    "parent in the middle": "app/../../secret",
    "parent at the end": "app/..",
    "here": "./app",
    "empty step": "app//main.py",
    "slash at the end": "app/",
    "backslash": "app\\main.py",
    "parent with a backslash": "..\\secret",
    "drive": "C:/Windows",
    "drive without a slash": "C:secret",
    "unc": "\\\\server\\share",
    "device path": "\\\\.\\COM1",
    "NUL": "app/main.py\0.txt",
    "newline": "app/main\n.py",
    "escape": "app/\x1b[31m.py",
    "stream": "app/main.py:hidden",
    "default stream": "app/main.py::$DATA",
    "wildcard": "app/*.py",
    "con": "con",
    "con with an ending": "app/CON.txt",
    "aux": "AuX",
    "nul": "nul.tar.gz",
    "com1": "com1",
    "lpt9": "LPT9.log",
    "superscript": "com¹",
    "conin": "CONIN$",
    "dot at the end": "app/main.py.",
    "space at the end": "app/main.py ",
    "dots only": "...",
    "git": ".git/config",
    "git in large letters": ".GIT/config",
    "git mixed": "app/.gIt/hooks/pre-commit",
    "git short name": "GIT~1/config",
    "git with an unseen character": ".g\u200cit/config",
    "git on a Mac": ".git\u200d/config",
    "unseen": "app/ma\u200bin.py",
    "right to left": "app/\u202eyp.niam",
    "decomposed": "app/e\u0301.py",
    "surrogate": "app/\udc80.py",
    "long name": "a" * 256,
    "long in bytes": "é" * 128,
    "long path": "/".join(["a" * 10] * 100),
}
ALLOWED = [
    "app/main.py",
    "blueprint.yaml",
    ".gitignore",
    ".github/workflows/ci.yml",
    "app/console.py",
    "com10.txt",
    "nullable.py",
    "docs/über uns.md",
    "项目/文件.txt",
    "a b/c d.txt",
    "...a",
    "x" * 255,
]


@pytest.mark.parametrize("path", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused(path: str) -> None:
    with pytest.raises(Problem) as refusal:
        checked(path)
    assert (refusal.value.status, refusal.value.code) == (403, "path-refused")
    refusal.value.body()  # the answer itself can be written, whatever was asked


@pytest.mark.parametrize("path", ALLOWED)
def test_it_is_allowed(path: str, tmp_path: Path) -> None:
    assert place_of(tmp_path, path) == tmp_path.joinpath(*path.split("/"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "main.py").write_text("x")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s")
    return folder


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("way", "../outside", "way/secret"),
        ("file", "../outside/secret", "file"),
        ("inside", "app", "inside/main.py"),
        ("dangling", "nowhere", "dangling"),
        ("absolute", "/etc", "absolute/passwd"),
        ("itself", "itself", "itself"),
    ],
)
def test_links_are_never_followed(project: Path, link: str, target: str, path: str) -> None:
    (project / link).symlink_to(target)
    with pytest.raises(Problem, match="link") as refusal:
        place_of(project, path)
    assert refusal.value.status == 403


@pytest.mark.parametrize("path", ["App/main.py", "app/Main.py", "APP", "app/main.PY"])
def test_another_spelling_of_what_is_there_is_refused(project: Path, path: str) -> None:
    with pytest.raises(Problem) as refusal:
        place_of(project, path)
    assert refusal.value.code == "other-spelling"


def test_a_file_is_no_folder(project: Path) -> None:
    with pytest.raises(Problem) as refusal:
        place_of(project, "app/main.py/x")
    assert refusal.value.status == 404


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(project: Path) -> None:
    from local_engine.api.features.files import service

    os.mkfifo(project / "pipe")
    with pytest.raises(Problem) as refusal:
        service.read(project, "pipe")
    assert refusal.value.code == "no-plain-file"
