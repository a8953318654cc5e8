"""A cloud that is away, slow, too new, or elsewhere: said in words, soon, and without a token."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cloud_service import CloudService
from odd_cloud import Reply, odd_cloud
from poor_line import poor_line

from local_engine.account import Account, CloudError, SignedOut, client
from local_engine.account.tokens import SignIn, SignIns
from local_engine.secrets import Secrets

Open = Callable[[str], Account]


def pretend(home: Path, address: str) -> None:
    """Somebody is signed in at this address."""
    sign_in = SignIn(
        email="ada@example.com",
        access_token="access-token",
        refresh_token="refresh-token",
        expires_at=time.time() + 600,
    )
    SignIns(home, Secrets(home), address).put(sign_in)


def test_a_cloud_that_is_away_is_said_at_once(home: Path, open_account: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    pretend(home, address)
    began = time.monotonic()
    with pytest.raises(CloudError, match="cannot be reached") as failure:
        open_account(address).me()
    assert time.monotonic() - began < client.CONNECT_SECONDS
    assert failure.value.out_of_reach
    assert "works all the same" in failure.value.hint
    # Signing out needs nobody.
    assert open_account(address).sign_out() is False
    with pytest.raises(SignedOut):
        open_account(address).me()


def test_a_cloud_that_says_nothing_is_not_waited_for_long(
    cloud: CloudService, home: Path, open_account: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.3)
    with poor_line(cloud.url) as line:
        line.silent = True
        pretend(home, line.url)
        account = open_account(line.url)
        with pytest.raises(CloudError, match="too long to answer") as failure:
            account.me()
    assert failure.value.out_of_reach
    assert failure.value.lost


def test_an_answer_that_is_not_known_tells_the_versions(home: Path, open_account: Open) -> None:
    health: Reply = (200, {}, {"status": "ok", "version": "9.1.0"})
    with odd_cloud(auth_me=(200, {}, {"person": {"id": 1}}), health=health) as cloud:
        pretend(home, cloud.url)
        with pytest.raises(CloudError, match="does not know") as failure:
            open_account(cloud.url).me()
        assert "version 9.1.0" in failure.value.hint
        assert "update Backend Generator" in failure.value.hint
        assert failure.value.out_of_reach
        with pytest.raises(CloudError, match="does not know"):
            open_account(cloud.url).devices()  # 404 without a problem: it was there once


def test_a_cloud_may_say_itself_that_an_engine_is_too_old(home: Path, open_account: Open) -> None:
    problem = {
        "type": "about:blank",
        "title": "Upgrade Required",
        "status": 426,
        "code": "engine-too-old",
        "detail": "Engines before 2.0 are not served any more.",
        "a_new_member": 1,
    }
    headers = {"content-type": "application/problem+json"}
    health: Reply = (200, {}, {"status": "ok", "version": "9.1.0", "more": [1]})
    with odd_cloud(auth_me=(426, headers, problem), health=health) as cloud:
        pretend(home, cloud.url)
        with pytest.raises(CloudError, match="are not served") as failure:
            open_account(cloud.url).me()
    assert failure.value.code == "engine-too-old"
    assert "9.1.0" in failure.value.hint


def test_unknown_fields_of_an_answer_are_no_reason_to_stop(home: Path, open_account: Open) -> None:
    me = {
        "id": "018f3c9e-0000-7000-8000-000000000001",
        "email": "ada@example.com",
        "email_verified": True,
        "created_at": "2026-01-01T00:00:00Z",
        "avatar": "new",
    }
    with odd_cloud(auth_me=(200, {}, me)) as cloud:
        pretend(home, cloud.url)
        assert open_account(cloud.url).me().email == "ada@example.com"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_token_follows_a_redirect(home: Path, open_account: Open, status: int) -> None:
    with odd_cloud() as thief:
        away: Reply = (status, {"location": f"{thief.url}/auth/me"}, {})
        with odd_cloud(auth_me=away) as cloud:
            pretend(home, cloud.url)
            with pytest.raises(CloudError, match="nothing secret follows") as failure:
                open_account(cloud.url).me()
        assert thief.requests == []
        assert cloud.requests == [("/auth/me", "Bearer access-token")]
    assert "access-token" not in str(failure.value)


def test_a_proxy_that_answers_instead_is_no_reason_to_sign_out(
    home: Path, open_account: Open
) -> None:
    html = {"content-type": "text/html"}
    with odd_cloud(auth_me=(502, html, "bad gateway")) as cloud:
        pretend(home, cloud.url)
        with pytest.raises(CloudError, match="502 and no reason"):
            open_account(cloud.url).me()
        assert open_account(cloud.url).signed_in_as() == "ada@example.com"
