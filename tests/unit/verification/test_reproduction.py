"""The shortest reproduction shows the failure: it is run, on services with and without it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from notes_service.application import APPLICATION
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service
from verifying import result_of

from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import Evidence
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.reproduction import as_curl
from local_engine.verification.reproduction.slicing import plan

ONE = "0190b6f0-7f3a-7c3a-8f3a-000000000001"
TWO = "0190b6f0-7f3a-7c3a-8f3a-000000000002"
OWNER = Actor("owner", "0190b6f0-7f3a-7c3a-8f3a-00000000000a", "t", {"email": "o@example.com"})


@pytest.fixture
def controls() -> Iterator[NotesControls]:
    with running(Service()) as controls:
        yield controls


def evidence(check: str, defect: str, controls: NotesControls) -> Evidence:
    controls.service.defects.add(defect)
    found = result_of(check, APPLICATION, controls, NotesWorld).evidence
    assert found is not None
    return found


def test_the_module_fails_with_the_defect_and_passes_without(
    controls: NotesControls, tmp_path: Path
) -> None:
    found = evidence("auth.token.public_route", "garbage_is_anonymous", controls)
    module = tmp_path / "test_it.py"
    module.write_text(found.pytest)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(module)]
    environment = {**os.environ, "BASE_URL": controls.base_url}

    with_it = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)
    controls.service.defects.clear()
    without = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert with_it.returncode == 1, with_it.stdout
    assert "assert answer.status_code in (401,)" in with_it.stdout
    assert without.returncode == 0, without.stdout


@pytest.mark.skipif(which("curl") is None, reason="there is no curl here")
def test_the_script_shows_it(controls: NotesControls) -> None:
    found = evidence("contract.unknown_path", "unknown_path_400", controls)

    done = subprocess.run(["bash", "-c", found.curl], capture_output=True, text=True)

    assert done.stdout.startswith("HTTP/1.1 400"), done.stderr
    assert "# expected: status 404" in found.curl


def test_users_rows_and_tokens_are_made_by_the_script(controls: NotesControls) -> None:
    found = evidence("contract.list.filter.stars.note", "filter_ignored", controls)

    assert "python -m app users" in found.curl
    assert 'USER_TOKEN=$(curl -s "$BASE_URL/auth/login"' in found.curl
    assert "export ID_1=" in found.curl
    compile(found.pytest, "test_it.py", "exec")
    assert "id_1 = answer.json()['id']" in found.pytest
    user = controls.service.accounts.state["users"]
    assert not any(account_id in found.curl + found.pytest for account_id in user)


def exchange(
    method: str, target: str, answer: str = "", body: str = "", status: int = 200
) -> Exchange:
    kind = (("content-type", "application/json"),)
    request = Request(method, target, kind, body.encode(), OWNER)
    return Exchange(request, Response(status, kind, answer.encode()))


def test_only_what_is_needed_is_kept() -> None:
    other = exchange("POST", "/notes", f'{{"id": "{TWO}"}}', status=201)
    made = exchange("POST", "/notes", f'{{"id": "{ONE}", "owner_id": "{OWNER.id}"}}', status=201)
    seen = exchange("GET", "/notes", f'{{"items": [{{"id": "{ONE}"}}]}}')
    shown = exchange("GET", f"/notes/{ONE}", status=500)

    found = plan([other, made, seen, shown], [shown], [shown])

    assert [step.exchange for step in found.steps] == [made, shown]
    assert found.steps[0].captures == {ONE: ("id",)}
    assert found.variables == {OWNER.id: "owner_id", ONE: "id_1"}
    assert found.actors == (OWNER,)


def test_what_the_check_itself_changed_is_kept() -> None:
    made = exchange("POST", "/notes", f'{{"id": "{ONE}"}}', status=201)
    closed = exchange("POST", f"/notes/{ONE}/close", f'{{"id": "{ONE}"}}')
    shown = exchange("GET", f"/notes/{ONE}")

    found = plan([made, closed, shown], [closed, shown], [shown])

    assert [step.exchange for step in found.steps] == [made, closed, shown]


def test_spent_tokens_are_taken_from_answers() -> None:
    login = exchange("POST", "/auth/login", '{"refresh_token": "opaque-value"}', "username=a")
    shown = exchange("POST", "/auth/refresh", "{}", '{"refresh_token": "opaque-value"}')

    found = plan([login, shown], [login, shown], [shown])

    assert [step.exchange for step in found.steps] == [login, shown]
    assert found.variables["opaque-value"] == "id_1"


def test_one_exchange_as_curl() -> None:
    one = exchange("PATCH", f"/notes/{ONE}?a=b", body='{"title": "it\'s"}')
    signed = Request(one.request.method, one.request.target, (("Authorization", "Bearer t"),),
                     one.request.body, OWNER)  # fmt: skip

    text = as_curl(Exchange(signed, one.response), "http://localhost:1")

    assert text.startswith("BASE_URL=http://localhost:1\ncurl -i -X PATCH")
    assert '-H "Authorization: Bearer $OWNER_TOKEN"' in text
    assert "it'\"'\"'s" in text


def test_a_body_that_no_shell_can_quote_is_piped() -> None:
    request = Request("POST", "/x", (), b'{"a": "' + b"x" * 5000 + b'\x00\xff"}', ANONYMOUS)

    text = as_curl(Exchange(request, Response(500)))

    assert "| curl -i -X POST" in text
    assert len(text) < 500
    script = text.split("|")[0].partition("\n")[2]
    done = subprocess.run(["bash", "-c", script], capture_output=True)
    assert done.stdout == request.body, done.stderr
