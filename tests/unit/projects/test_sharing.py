"""What is given away of a project: its files, no secrets, no data, nothing of tools, no links."""

from __future__ import annotations

from pathlib import Path

from local_engine.projects.layout import PRIVATE
from local_engine.projects.sharing import shared_files

SHARED = ["blueprint.yaml", "app/main.py", ".env.example", ".gitignore", "app/keys.py"]
SECRET = [".env", ".env.production", "server.pem", "deploy/id_rsa", "secrets.yaml", ".netrc"]
WASTE = [".git/config", ".venv/x", "app/__pycache__/a.pyc", "a.log", "node_modules/x", ".DS_Store"]


def write(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)


def test_only_what_may_be_seen_is_shared(tmp_path: Path) -> None:
    write(tmp_path, *SHARED, *SECRET, *WASTE, "mine.txt", "data/rows")
    (tmp_path / ".gitignore").write_text("mine.txt\n")
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    found = shared_files(tmp_path)
    assert sorted(found.files) == sorted(SHARED)
    assert {*SECRET, "out", "passwd", "data", "mine.txt"} <= set(found.left_out)
    assert found.files["app/main.py"].read_bytes() == b"app/main.py"


def test_history_is_shared_when_it_is_asked_for_but_never_the_data(tmp_path: Path) -> None:
    write(tmp_path, ".git/config", f".git/{PRIVATE}/snapshots/one")
    assert shared_files(tmp_path).files == {}
    assert list(shared_files(tmp_path, with_git=True).files) == [".git/config"]
