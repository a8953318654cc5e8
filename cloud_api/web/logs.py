"""Logs: one JSON object a line on standard output, one line a request.

Every text passes through a JSON encoder, so nothing a client sends can start a new line or forge a
field. Bodies, query strings and headers are never logged: they hold passwords and tokens.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}

# `app:send_email[17](to='ada@example.com', ...)`; the arguments may contain any text.
_TASK_CALL = re.compile(r"(\[(?:\d+|None)\])\(.*\)", re.DOTALL)

# The password in an address of PostgreSQL or SMTP, should an error's text name one.
_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@")

# An e-mail address, in the words of an error that names one.
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?=[\w-]+\.[\w.-]*\w)")

# What is as long as a token or a key, and has no end in between.
_LONG = re.compile(r"[\w.~+=-]{20,}")
_LONGEST_PATH = 200


def configure_logging(level: str) -> None:
    """Send the logs of the process, libraries included, to standard output as JSON lines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(without_arguments)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    # The pool reports every failed attempt to connect; /ready and the 503s tell the same story.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    # httpx logs whole addresses of requests, which may name a user's server.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def without_arguments(record: logging.LogRecord) -> bool:
    """Takes out of the queue's records what its tasks are given: addresses, prompts."""
    if record.name.startswith("procrastinate"):
        record.msg, record.args = _TASK_CALL.sub(r"\1", record.getMessage()), ()
        for name in ("job", "jobs"):
            if name in vars(record):
                setattr(record, name, _identified(getattr(record, name)))
    return True


def _identified(jobs: Any) -> Any:
    """Which tasks are meant, of one or several as the queue describes them."""
    if isinstance(jobs, list):
        return [_identified(job) for job in jobs]
    if isinstance(jobs, dict):
        return {name: jobs.get(name) for name in ("id", "task_name", "attempts")}
    return None


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON; fields given as `extra` become members."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        line.update((k, cleaned(v)) for k, v in vars(record).items() if k not in _STANDARD)
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def masked(text: str) -> str:
    """A text without the passwords of addresses in it, and without who e-mail addresses are."""
    if "@" not in text:
        return text
    return _EMAIL.sub("***@", _ADDRESS.sub(r"\1***@", text))


def cleaned(value: Any) -> Any:
    """A field of a line, with all texts in it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(str(name)): cleaned(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [cleaned(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked(str(value))


def shown_path(path: str, route: str) -> str:
    """The path of a request. Where no route was found anything may be in it, so little is shown."""
    if route == "none":
        path = _LONG.sub("***", path[:_LONGEST_PATH])
    return "/".join(map(masked, path.split("/")))


class RequestLog:
    """Writes the line of each request, straight to the stream: it is on the path of each answer."""

    def __init__(self, enabled: bool, stream: TextIO | None = None) -> None:
        self._enabled = enabled
        self._stream = stream

    def write(self, facts: Mapping[str, Any]) -> None:
        """One handled request."""
        if not self._enabled:
            return
        stream = self._stream or sys.stdout
        line = {"time": timestamp(time.time()), "level": "info", "logger": "cloud.request", **facts}
        stream.write(json.dumps(line, default=str, separators=(",", ":")) + "\n")
        stream.flush()


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, from seconds since the epoch."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(seconds)))
    return f"{whole}.{int((seconds % 1) * 1000):03d}Z"
