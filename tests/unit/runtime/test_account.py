"""Who PostgreSQL runs as, and which folders that account can reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from local_engine.runtime.postgres.account import Account, account_for
from local_engine.runtime.postgres.databases import check_name
from local_engine.runtime.superuser import is_root

STRANGER = Account(61_000, 61_000)


def test_a_closed_folder_above_keeps_others_out(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    assert not STRANGER.can_reach(folder / "data") or tmp_path.stat().st_mode & 0o001
    owner = Account(os.getuid(), os.getgid())
    folder.chmod(0o700)
    assert not STRANGER.can_reach(folder / "data")
    if not is_root():
        assert owner.can_reach(folder / "data")
    assert STRANGER.can_reach(Path("/usr/lib"))


@pytest.mark.skipif(not is_root(), reason="only root may give files away")
def test_root_uses_an_account_without_a_name_and_respects_the_owner_of_data(tmp_path: Path) -> None:
    import pwd

    chosen = account_for(tmp_path / "new")
    assert chosen is not None
    assert chosen.uid not in {0, *(user.pw_uid for user in pwd.getpwall())}
    os.chown(tmp_path, 12_345, 12_346)
    assert account_for(tmp_path) == Account(12_345, 12_346)


@pytest.mark.skipif(is_root(), reason="for everybody but root")
def test_everybody_else_runs_it_as_himself(tmp_path: Path) -> None:
    assert account_for(tmp_path) is None


@pytest.mark.parametrize(
    "name", ["", "A", "1a", "a-b", "a" * 64, 'a"b', "a b", "postgres", "template1", "pg_a", "ä"]
)
def test_names_that_a_database_may_not_have(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a database"):
        check_name(name)
