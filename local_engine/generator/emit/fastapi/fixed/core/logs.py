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
from json.encoder import encode_basestring_ascii as quote
from typing import Any, TextIO
from uuid import UUID

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


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


# `app:send_email[17](to='ada@example.com', ...)`; the arguments may contain any text.
_TASK_CALL = re.compile(r"(\[(?:\d+|None)\])\(.*\)", re.DOTALL)


def without_arguments(record: logging.LogRecord) -> bool:
    """Takes out of the queue's records what its tasks are given: addresses, texts, payloads."""
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
            "message": record.getMessage(),
        }
        line.update((k, v) for k, v in vars(record).items() if k not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class RequestLog:
    """Writes the line of each request. Built by hand: it is on the path of every answer."""

    def __init__(self, enabled: bool, stream: TextIO | None = None) -> None:
        self._enabled = enabled
        self._stream = stream

    def write(
        self,
        request_id: str,
        method: str,
        path: str,
        status: int,
        seconds: float,
        user: UUID | None,
    ) -> None:
        """One handled request; `seconds` is the time it took, sending included."""
        if not self._enabled:
            return
        stream = self._stream or sys.stdout
        by = f',"user":"{user}"' if user is not None else ""
        stream.write(
            f'{{"time":"{timestamp(time.time())}","level":"info","logger":"app.request",'
            f'"request_id":"{request_id}","method":{quote(method)},"path":{quote(path)},'
            f'"status":{status},"ms":{seconds * 1000:.1f}{by}}}\n'
        )
        stream.flush()


_second: tuple[int, str] = (0, "")


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, from seconds since the epoch."""
    global _second  # the text of the current second is reused by its many lines
    whole = int(seconds)
    if _second[0] != whole:
        _second = (whole, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)))
    return f"{_second[1]}.{int((seconds - whole) * 1000):03d}Z"
