"""What is given away of a project: its files, no secrets, no caches, no links."""

from __future__ import annotations

from pathlib import Path

from local_engine.projects.sharing import shared_files

SHARED = ["blueprint.yaml", "app/main.py", ".env.example", ".gitignore", "app/keys.py"]
SECRET = [".env", ".env.production", "server.pem", "deploy/id_rsa", "secrets.yaml", ".netrc"]
WASTE = [".git/config", ".venv/x", "app/__pycache__/a.pyc", "a.log", "node_modules/x", ".DS_Store"]


def test_only_what_may_be_seen_is_shared(tmp_path: Path) -> None:
    for name in [*SHARED, *SECRET, *WASTE]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "passwd").symlink_to("/etc/passwd")
    found = shared_files(tmp_path)
    assert sorted(found.files) == sorted(SHARED)
    assert set(found.left_out) == {*SECRET, "out", "passwd"}
    assert found.files["app/main.py"] == b"app/main.py"


def test_history_is_shared_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("x")
    assert ".git/config" not in shared_files(tmp_path).files
    assert ".git/config" in shared_files(tmp_path, with_git=True).files
