"""Problems, entity tags, log lines, settings: the small parts of every answer."""

from __future__ import annotations

import io
import json
import logging
import sys
from uuid import uuid4

import pytest
from starlette.requests import Request

from local_engine.generator.emit.fastapi.fixed.core.documents import check_version, matches
from local_engine.generator.emit.fastapi.fixed.core.logs import (
    JsonFormatter,
    RequestLog,
    timestamp,
    without_arguments,
)
from local_engine.generator.emit.fastapi.fixed.core.problem import (
    FieldError,
    Problem,
    invalid,
    not_found,
    problem_response,
    unauthenticated,
)
from local_engine.generator.emit.fastapi.fixed.core.settings import (
    Settings,
    SettingsError,
    load_settings,
)

GOOD = {"database_url": "postgresql://u:p@h/d", "secret_key": "k" * 32}


@pytest.mark.parametrize(
    ("condition", "weak", "expected"),
    [
        ('"3"', False, True),
        ('"2", "3"', False, True),
        ("*", False, True),
        ('"33"', False, False),
        ("3", False, False),
        ('W/"3"', False, False),
        ('W/"3"', True, True),
        ("", False, False),
    ],
)
def test_entity_tags(condition: str, weak: bool, expected: bool) -> None:
    assert matches(condition, '"3"', weak=weak) is expected


@pytest.mark.parametrize(
    ("given", "required", "status"),
    [
        (None, False, None), (None, True, 428), ('"7"', True, None), ('"6"', True, 412),
        ('"6"', False, 412), ("*", True, None), ('W/"7"', False, 412),
    ],
)  # fmt: skip
def test_versions(given: str | None, required: bool, status: int | None) -> None:
    headers = [] if given is None else [(b"if-match", given.encode())]
    request = Request({"type": "http", "headers": headers})
    if status is None:
        check_version(request, 7, required=required)
        return
    with pytest.raises(Problem) as caught:
        check_version(request, 7, required=required)
    assert caught.value.status == status


def test_a_problem_is_a_problem_document() -> None:
    answer = problem_response(invalid([FieldError("/a", "required", "Field required")]))
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(bytes(answer.body)) == {
        "type": "urn:problem-type:invalid",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "Some values are not accepted.",
        "errors": [{"pointer": "/a", "code": "required", "message": "Field required"}],
    }


def test_each_missing_row_looks_alike() -> None:
    assert not_found().body() == not_found().body()


def test_a_401_says_how_to_sign_in() -> None:
    assert unauthenticated().headers == {"www-authenticate": "Bearer"}


def test_a_log_line_cannot_be_forged() -> None:
    stream = io.StringIO()
    path = '/a"\n{"level":"forged"}\r\u2028\x1b[31m'
    RequestLog(enabled=True, stream=stream).write("id", "GET", path, 200, 0.0015, uuid4())
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["path"], line["status"], line["ms"]) == (path, 200, 1.5)


def test_a_disabled_request_log_is_silent() -> None:
    stream = io.StringIO()
    RequestLog(enabled=False, stream=stream).write("id", "GET", "/", 200, 0, None)
    assert stream.getvalue() == ""


def test_records_become_one_line_with_their_exception() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, "", 1, "bad %s", ("x\ny",), sys.exc_info())
    record.request_id = "r1"
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert (line["message"], line["request_id"], line["level"]) == ("bad x\ny", "r1", "error")
    assert "ValueError: first" in line["exception"]


def test_timestamps_are_utc_with_milliseconds() -> None:
    assert timestamp(0.0259) == "1970-01-01T00:00:00.025Z"
    assert timestamp(1_700_000_000.5) == "2023-11-14T22:13:20.500Z"
    assert timestamp(1_700_000_000.75) == "2023-11-14T22:13:20.750Z"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(str(tmp_path))


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    monkeypatch.setenv("ACCESS_TOKEN_SECONDS", "7")
    assert load_settings().access_token_seconds == 7


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": "short-secret"}, "SECRET_KEY"),
        ({"database_url": "mysql://root:pw@h/d"}, "DATABASE_URL"),
        ({"environment": "staging"}, "ENVIRONMENT"),
        ({"access_token_seconds": "0"}, "ACCESS_TOKEN_SECONDS"),
        ({"body_limit_bytes": "many"}, "BODY_LIMIT_BYTES"),
    ],
)
def test_a_wrong_setting_is_named_and_not_shown(changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**{**GOOD, **changes})
    message = str(caught.value)
    assert message.startswith(named)
    assert "\n" not in message
    assert not any(value in message for value in ("short-secret", "root:pw"))


def test_every_missing_setting_is_named() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL is not set; SECRET_KEY is not set"):
        load_settings()


def test_secrets_do_not_show_in_the_settings() -> None:
    text = repr(load_settings(**GOOD))
    assert "u:p" not in text
    assert "k" * 32 not in text


def test_what_the_queues_tasks_are_given_is_not_logged() -> None:
    """The library names jobs in its messages, and adds them to records one by one or as a list."""
    job = {
        "id": 7,
        "task_name": "send_email",
        "attempts": 1,
        "task_kwargs": {"to": "ada@x.example"},
    }
    message = "Deferred app:send_email[7](to='ada@x.example', text='secret')"
    for name, value in (("job", job), ("jobs", [job])):
        record = logging.LogRecord("procrastinate.jobs", logging.INFO, "x", 1, message, (), None)
        setattr(record, name, value)
        assert without_arguments(record)
        line = JsonFormatter().format(record)
        assert "ada@x.example" not in line, name
        assert '"task_name": "send_email"' in line
