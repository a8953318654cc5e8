"""What must not be in the logs is not in them."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from cloud_api.web.logs import JsonFormatter, RequestLog, shown_path, without_arguments


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    assert without_arguments(record)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def record(name: str, message: str, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.INFO, "x", 1, message, (), None)
    vars(made).update(extra)
    return made


def test_what_the_queues_tasks_are_given_is_left_out() -> None:
    job = {"id": 7, "task_name": "t", "attempts": 1, "task_kwargs": {"email": "ada@example.com"}}
    message = "Job t[7](email='ada@example.com') failed"
    line = line_of(record("procrastinate.worker", message, job=job, jobs=[job]))
    assert "ada" not in json.dumps(line)
    assert line["message"] == "Job t[7] failed"
    assert line["jobs"] == [{"id": 7, "task_name": "t", "attempts": 1}]


def test_passwords_in_addresses_are_left_out() -> None:
    line = line_of(record("x", 'connecting to "postgresql://u:hush@db/x" failed'))
    assert line["message"] == 'connecting to "postgresql://u:***@db/x" failed'


def test_who_e_mail_addresses_are_is_left_out() -> None:
    line = line_of(record("x", "550 <ada.o'neil+x@mail.example.com> unknown; ask postmaster@b.c"))
    assert line["message"] == "550 <***@mail.example.com> unknown; ask ***@b.c"


def test_extra_fields_are_masked_however_deep() -> None:
    deep = {"to": ["ada@example.com", ("postgresql://u:hush@db/x",)], "eve@x.org": 1}
    error = ValueError("no mail to ada@example.com")
    line = line_of(record("x", "failed", job=deep, error=error, number=7, nothing=None))
    assert line["job"] == {"to": ["***@example.com", ["postgresql://u:***@db/x"]], "***@x.org": 1}
    assert line["error"] == "no mail to ***@example.com"
    assert (line["number"], line["nothing"]) == (7, None)


@pytest.mark.parametrize(
    ("path", "route", "shown"),
    [
        ("/projects/0190-ab", "/projects/{project}", "/projects/0190-ab"),
        ("/users/ada@example.com", "none", "/users/***@example.com"),
        ("/reset/" + "x" * 43, "none", "/reset/***"),
        ("/gsk_0123456789abcdefghij/test", "none", "/***/test"),
        ("/llm-keys/a@b.example", "/llm-keys/{provider}", "/llm-keys/***@b.example"),
        ("/a/" * 500, "none", ("/a/" * 500)[:200]),
    ],
)
def test_paths_are_masked(path: str, route: str, shown: str) -> None:
    assert shown_path(path, route) == shown


def test_a_line_end_forges_no_line() -> None:
    line = line_of(record("x", 'a\n{"level": "error"}'))
    assert line["message"] == 'a\n{"level": "error"}'
    stream = io.StringIO()
    RequestLog(True, stream).write({"path": "/a\nb", "status": 200})
    assert stream.getvalue().count("\n") == 1
