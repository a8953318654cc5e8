"""`docker logs`: the logs of all parts of a deployment in the order of time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local_engine.cli.deployments import deployment_errors
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.runtime.docker.watching.lines import Line, Wanted

_AGO = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_STYLES = {"error": "red", "warning": "yellow"}
LAST = 200


@dataclass(frozen=True)
class LogsRequest:
    """What was asked for."""

    which: str
    follow: bool
    level: str | None
    text: str
    parts: tuple[str, ...]
    since: str | None
    last: int | None


def show_logs(request: LogsRequest, output: Output) -> int:
    """Print the last lines, and with `follow` those that come, until Ctrl-C.

    As JSON: one document, or with `follow` one line of JSON for each.
    """
    from local_engine.runtime.docker.client import engine_time
    from local_engine.runtime.docker.managing import engine_client, find_deployment
    from local_engine.runtime.docker.watching.logs import follow_logs, read_logs

    wanted = _wanted(request)
    with deployment_errors(), engine_client() as client:
        deployment = find_deployment(client, request.which)
        now = engine_time(client)
        since = _moment(request.since, now)
        last = request.last or (None if since else LAST)
        lines = read_logs(client, deployment, wanted, since=since, last=last)
        if not request.follow:
            for line in lines:
                _print(line, output)
            output.finish({"lines": [_facts(line) for line in lines]})
            return ExitCode.OK
        for line in lines:
            _tell(line, output)
        for line in follow_logs(client, deployment, wanted, since=now):
            _tell(line, output)
    return ExitCode.OK


def _wanted(request: LogsRequest) -> Wanted:
    from local_engine.runtime.docker.labels import RUNNING_PARTS
    from local_engine.runtime.docker.watching.lines import LEVELS, Wanted

    known = [part.value for part in RUNNING_PARTS]
    if unknown := set(request.parts) - set(known):
        raise CommandError(
            f"there is no part {min(unknown)!r}", hint=f"one of {known}", code=ExitCode.USAGE
        )
    if request.level is not None and request.level not in LEVELS:
        raise CommandError(
            f"there is no level {request.level!r}",
            hint=f"one of {', '.join(LEVELS)}",
            code=ExitCode.USAGE,
        )
    return Wanted(request.level, request.text, frozenset(request.parts))


def _moment(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        if found := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{text!r} is no time",
            hint="such as 10m, 2h or 2026-05-31T14:00",
            code=ExitCode.USAGE,
        ) from None


def _tell(line: Line, output: Output) -> None:
    if output.as_json:
        print(json.dumps(_facts(line), ensure_ascii=False), flush=True)
    else:
        _print(line, output)


def _print(line: Line, output: Output) -> None:
    moment = line.time.astimezone().strftime("%H:%M:%S.%f")[:-3]
    output.line(f"{moment} {line.part:<8} {line.text}", _STYLES.get(line.level or "", ""))


def _facts(line: Line) -> dict[str, Any]:
    time = line.time.isoformat()
    return {"part": line.part, "time": time, "level": line.level, "text": line.text}
