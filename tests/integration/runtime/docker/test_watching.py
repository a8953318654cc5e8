"""Looking at a deployment while it runs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from docker_engine import Deployed, inside
from killing import eventually

from local_engine.runtime.docker import managing
from local_engine.runtime.docker.labels import Part
from local_engine.runtime.docker.watching.lines import Line, Wanted
from local_engine.runtime.docker.watching.logs import follow_logs, read_logs
from local_engine.runtime.docker.watching.sql import psql
from local_engine.runtime.docker.watching.usage import usage
from local_engine.runtime.readiness import is_ready

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

_KILL = """
import os, pathlib
for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if path.read_bytes().startswith(b"python\\0-m\\0app\\0serve"):
        os.kill(int(path.parent.name), 9)
"""


def test_the_logs_of_all_parts_are_in_the_order_of_time(
    engine: APIClient, deployed: Deployed
) -> None:
    lines = read_logs(engine, deployed.deployment, Wanted())
    assert {line.part for line in lines} == {"database", "service"}
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    assert read_logs(engine, deployed.deployment, Wanted(), last=3) == lines[-3:]
    since = lines[-2].time
    assert read_logs(engine, deployed.deployment, Wanted(), since=since)[-2:] == lines[-2:]


def test_the_logs_are_filtered(engine: APIClient, deployed: Deployed) -> None:
    psql(engine, deployed.deployment, "SELECT 1 / 0")
    errors = read_logs(engine, deployed.deployment, Wanted(level="error", text="ZERO"))
    assert [(line.part, line.level) for line in errors] == [("database", "error")]
    of_service = read_logs(engine, deployed.deployment, Wanted(parts=frozenset({"service"})))
    assert {line.part for line in of_service} == {"service"}


def test_the_logs_are_followed_through_a_restart(engine: APIClient, deployed: Deployed) -> None:
    ended = threading.Event()
    lines: list[Line] = []

    def follow() -> None:
        now = datetime.now(UTC)
        wanted = Wanted(text="/followed/")
        for line in follow_logs(engine, deployed.deployment, wanted, since=now, ended=ended):
            lines.append(line)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        for number in (1, 2):
            path = f"/followed/{number}"
            httpx.get(deployed.url + path)
            assert eventually(lambda: len(lines) == number, 10)  # noqa: B023 - waited for at once
            assert path in lines[-1].text
            if number == 1:
                managing.restart(deployed.project)
    finally:
        ended.set()
        thread.join()
    assert len(lines) == 2


def test_who_follows_no_more_leaves_nothing_behind(engine: APIClient, deployed: Deployed) -> None:
    before = set(threading.enumerate())
    since = datetime.fromtimestamp(deployed.deployment.since - 60, UTC)
    wanted = Wanted(parts=frozenset({"database"}))
    following = follow_logs(engine, deployed.deployment, wanted, since=since)
    next(following)
    assert set(threading.enumerate()) - before
    following.close()  # type: ignore[attr-defined]
    # The proxy, for one, writes nothing more that could wake its thread.
    assert eventually(lambda: not set(threading.enumerate()) - before, 5)


def test_what_the_parts_use(engine: APIClient, deployed: Deployed) -> None:
    found = {one.part: one for one in usage(engine, deployed.deployment)}
    assert set(found) == {"database", "service", "proxy"}
    for one in found.values():
        assert one.state == "running"
        assert 1024**2 < one.memory < one.memory_limit
        assert one.processes >= 1
        assert one.restarts == 0


def test_sql_in_its_database(engine: APIClient, deployed: Deployed) -> None:
    assert psql(engine, deployed.deployment, "COPY (SELECT 6 * 7) TO STDOUT") == (0, "42\n", "")
    code, said, complaint = psql(engine, deployed.deployment, "SELECT nonsense")
    assert (code, said) == (3, "")
    assert 'column "nonsense" does not exist' in complaint
    assert psql(engine, deployed.deployment, "-" * 200_000) == (0, "", "")
    many = "SELECT repeat('answer', 100);\n" * 30_000  # answers while it is still being asked
    code, said, complaint = psql(engine, deployed.deployment, many)
    assert (code, said.count("(1 row)"), complaint) == (0, 30_000, "")


def test_sql_is_in_no_argument(engine: APIClient, deployed: Deployed) -> None:
    secret = "SELECT pg_sleep(5) /* a-secret */"
    thread = threading.Thread(target=psql, args=(engine, deployed.deployment, secret))
    thread.start()
    database = deployed.container(Part.DATABASE)

    def seen() -> str:
        return inside(engine, database, "sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")[1]

    assert eventually(lambda: "psql -X" in seen(), 4)
    shown = seen()
    thread.join()
    assert "a-secret" not in shown


def test_a_crash_is_counted_and_mended(engine: APIClient, deployed: Deployed) -> None:
    """From the inside: what the engine is told to kill stays dead."""
    service = deployed.container(Part.SERVICE)
    inside(engine, service, "python", "-c", _KILL)
    assert eventually(lambda: restarts(engine, service) == 1, 20)
    assert eventually(lambda: is_ready(deployed.deployment.port or 0), 30)


def restarts(engine: APIClient, container: str) -> int:
    return int(engine.inspect_container(container)["RestartCount"])
