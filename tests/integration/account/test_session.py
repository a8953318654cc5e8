"""Signing in, renewing and being signed out: the engine's side against a real cloud."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cloud_service import PASSWORD, CloudService
from poor_line import PoorLine, poor_line
from pydantic import SecretStr

from local_engine.account import Account, CloudError, SignedOut
from local_engine.account.tokens import SignIn, SignIns
from local_engine.runtime.own_process import own_environment
from local_engine.secrets import Secrets


@pytest.fixture
def line(cloud: CloudService) -> Iterator[PoorLine]:
    with poor_line(cloud.url) as one:
        yield one


def kept(home: Path, address: str) -> SignIn:
    return SignIns(home, Secrets(home), address).get()


def age(home: Path, address: str) -> SignIn:
    """The access token has ended, as it does after ten minutes."""
    sign_ins = SignIns(home, Secrets(home), address)
    aged = sign_ins.get().model_copy(update={"expires_at": time.time() - 1})
    sign_ins.put(aged)
    return aged


def sessions_of(cloud: CloudService, email: str) -> int:
    sql = "SELECT count(*) AS n FROM sessions WHERE user_id = (SELECT id FROM users"
    return int(cloud.execute(f"{sql} WHERE email = %(email)s)", email=email)[0]["n"])


def test_signing_in_is_kept_for_the_next_process_in_no_clear_form(
    cloud: CloudService, member: Account, home: Path, open_account: Callable[[str], Account]
) -> None:
    me = open_account(cloud.url).me()
    assert me.email == member.signed_in_as()
    tokens = kept(home, cloud.url)
    assert len(tokens.model_dump_json()) < 1_280, "what Windows keeps for one secret"
    content = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in (tokens.access_token, tokens.refresh_token, PASSWORD, me.email):
        assert secret.encode() not in content


def test_signing_in_again_leaves_one_device(cloud: CloudService, member: Account) -> None:
    email = member.signed_in_as()
    member.sign_in(email, SecretStr(PASSWORD))
    assert sessions_of(cloud, email) == 1
    with pytest.raises(CloudError, match="password is wrong") as refusal:
        member.sign_in(email, SecretStr("wrong-guess-123"))
    assert refusal.value.code == "unauthenticated"
    assert member.me().email == email, "a wrong password signs nobody out"


def test_signing_out_ends_the_session_there_and_here(cloud: CloudService, member: Account) -> None:
    email = member.signed_in_as()
    assert member.sign_out()
    assert sessions_of(cloud, email) == 0
    with pytest.raises(SignedOut, match="Nobody is signed in"):
        member.me()


def test_an_ended_access_token_is_renewed_and_kept_before_it_is_used(
    cloud: CloudService, member: Account, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = age(home, cloud.url)
    seen: list[str] = []
    ask = member.client.ask

    def watched(answer: type, call: object, token: str | None = None) -> object:
        if token is not None:
            seen.append(token)
            assert kept(home, cloud.url).access_token == token
        return ask(answer, call, token)  # type: ignore[arg-type]

    monkeypatch.setattr(member.client, "ask", watched)
    member.me()
    after = kept(home, cloud.url)
    assert after.refresh_token != before.refresh_token
    assert seen == [after.access_token]


def test_a_token_that_the_cloud_no_longer_takes_is_renewed_too(
    cloud: CloudService, member: Account, home: Path
) -> None:
    """The clock of this machine may be wrong, or the cloud's key may have been changed."""
    sign_ins = SignIns(home, Secrets(home), cloud.url)
    sign_ins.put(sign_ins.get().model_copy(update={"access_token": "no-token"}))
    assert member.me().email == member.signed_in_as()


def test_a_lost_answer_costs_no_sign_in(
    cloud: CloudService, line: PoorLine, home: Path, open_account: Callable[[str], Account]
) -> None:
    email = cloud.new_person("poor").email
    account = open_account(line.url)
    account.sign_in(email, SecretStr(PASSWORD))
    account.close()
    account = open_account(line.url)
    age(home, line.url)
    line.lose_answers = 1
    assert account.me().email == email
    assert line.lose_answers == 0
    # Both attempts lost: later the same token is shown again, within the 30 seconds.
    before = age(home, line.url)
    again = open_account(line.url)
    line.lose_answers = 2
    with pytest.raises(CloudError, match="broke off"):
        again.me()
    assert kept(home, line.url).refresh_token == before.refresh_token
    assert again.me().email == email


def test_a_spent_token_that_is_late_signs_out_in_words(
    cloud: CloudService, member: Account, home: Path
) -> None:
    age(home, cloud.url)
    sql = "UPDATE refresh_tokens SET used_at = now() - interval '1 minute', successor = digest"
    cloud.execute(
        f"{sql} WHERE session_id IN (SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id"
        " WHERE u.email = %(email)s)",
        email=member.signed_in_as(),
    )
    with pytest.raises(SignedOut, match="was signed out: here, from another device"):
        member.me()
    with pytest.raises(SignedOut, match="Nobody is signed in"):
        member.me()


def test_a_device_that_was_signed_out_elsewhere_notices_with_the_next_request(
    cloud: CloudService, member: Account, home: Path, open_account: Callable[[str], Account]
) -> None:
    (device,) = member.devices()
    assert device.current
    member.sign_out_device(device.id)
    with pytest.raises(SignedOut, match="was signed out"):
        open_account(cloud.url).me()
    assert SignIns(home, Secrets(home), cloud.url).find() is None


WORKER = """
import json, sys
from pathlib import Path
from local_engine.account import Account
from local_engine.secrets import Secrets
home, address = Path(sys.argv[1]), sys.argv[2]
account = Account(home, Secrets(home), address)
account.signed_in_as()
print("ready", flush=True)
for _ in sys.stdin:
    print(json.dumps(account.me().email), flush=True)
"""


def test_two_processes_renew_at_once_and_neither_is_signed_out(
    cloud: CloudService, member: Account, home: Path
) -> None:
    """Twenty times: the access token ends, both ask at the same moment, and one renewal is made."""
    email = member.signed_in_as()
    command = [sys.executable, "-c", WORKER, str(home), cloud.url]
    pipe = subprocess.PIPE
    workers = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=own_environment())
        for _ in range(2)
    ]
    try:
        for worker in workers:
            assert answer_of(worker) == "ready"
        tokens = set()
        for _ in range(20):
            age(home, cloud.url)
            for worker in workers:
                assert worker.stdin is not None
                print(file=worker.stdin, flush=True)
            assert [json.loads(answer_of(worker)) for worker in workers] == [email, email]
            tokens.add(kept(home, cloud.url).refresh_token)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    assert len(tokens) == 20
    spent = cloud.execute(
        "SELECT count(*) AS n FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id"
        " JOIN users u ON u.id = s.user_id WHERE u.email = %(email)s AND t.used_at IS NOT NULL",
        email=email,
    )
    assert spent == [{"n": 20}]


def test_threads_of_one_process_renew_once(
    cloud: CloudService, member: Account, home: Path
) -> None:
    before = age(home, cloud.url)
    with ThreadPoolExecutor(8) as pool:
        emails = list(pool.map(lambda _: member.me().email, range(8)))
    assert set(emails) == {member.signed_in_as()}
    spent = cloud.execute(
        "SELECT count(*) AS n FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id"
        " JOIN users u ON u.id = s.user_id WHERE u.email = %(email)s AND t.used_at IS NOT NULL",
        email=member.signed_in_as(),
    )
    assert spent == [{"n": 1}]
    assert kept(home, cloud.url).refresh_token != before.refresh_token


def answer_of(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()
