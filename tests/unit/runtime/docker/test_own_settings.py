"""What of a project's `.env` reaches its deployed service, and what tells two of them apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.runtime.docker.errors import DeploymentError
from local_engine.runtime.docker.own_settings import mark_of, own_settings


def test_there_need_be_none(tmp_path: Path) -> None:
    assert own_settings(tmp_path) == {}


def test_what_the_deployment_has_of_its_own_is_left_out(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# a comment\n"
        "SMTP_URL='smtp://a:b#c@mail.example:587'\n"
        "export Mail_From=shop@example.com # who\n"
        "LOG_LEVEL=\n"
        "DATABASE_URL=postgresql://elsewhere\nSECRET_KEY=k\nPOSTGRES_PASSWORD=p\n"
        "ENVIRONMENT=development\nPORT=1\n"
    )
    assert own_settings(tmp_path) == {
        "smtp_url": "smtp://a:b#c@mail.example:587",
        "mail_from": "shop@example.com",
    }


def test_nothing_of_this_process_environment_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWN_KEY", "of-the-engine")
    (tmp_path / ".env").write_text("SMTP_PASSWORD='${OWN_KEY}'\nMAIL_FROM=a$OWN_KEY\n")
    assert own_settings(tmp_path) == {"smtp_password": "${OWN_KEY}", "mail_from": "a$OWN_KEY"}


@pytest.mark.parametrize("name", ["../x", "a/b", "ümlaut"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / ".env").write_text(f"'{name}'=secret\n", encoding="utf-8")
    with pytest.raises(DeploymentError, match="is no name of a setting") as caught:
        own_settings(tmp_path)
    assert "secret" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(DeploymentError, match=r"\.env cannot be read"):
        own_settings(tmp_path)


def test_the_mark_follows_the_secrets_and_is_keyed() -> None:
    mark = mark_of({"a": "1"}, "key")
    assert mark == mark_of({"a": "1"}, "key")
    assert len({mark, mark_of({"a": "2"}, "key"), mark_of({"a": "1"}, "other")}) == 3
