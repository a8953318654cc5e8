"""How the engine behaves as a process, seen from outside."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from engine_process import (
    TOKEN,
    EngineProcess,
    engine_command,
    environment_for,
    gone_within,
    launch,
    new_home,
    ready_line,
    running_engine,
)
from killing import alive, eventually

END_SECONDS = 2.0


def test_it_says_once_where_it_answers(home: Path) -> None:
    with running_engine(home) as engine:
        assert engine.ready["ready"] is True
        assert engine.ready["started"] is True
        assert engine.ready["pid"] == engine.process.pid
        assert engine.client.get("/health").json()["status"] == "ok"
        assert engine.client.get("/api/v1/session").json()["home"] == str(home)
        assert engine.process.stdin is not None
        engine.process.stdin.close()
        assert engine.process.stdout is not None
        assert engine.process.stdout.read() == ""


def test_standard_input_that_ends_ends_it_in_good_order(home: Path) -> None:
    process = launch(home)
    ready_line(process)
    assert process.stdin is not None
    process.stdin.close()
    assert gone_within(process, END_SECONDS) is not None
    assert process.returncode == 0
    assert not (home / "engine.json").exists()


def test_a_parent_that_is_killed_takes_it_along(home: Path) -> None:
    # The pipe at its standard input stays open here, so only the parent's death is left to see.
    source = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", source, *engine_command()],
        stdout=subprocess.PIPE,
        text=True,
        env=environment_for(home),
    )
    with parent:
        pid = ready_line(parent)["pid"]
        assert alive(pid)
        parent.kill()
        started = time.monotonic()
        assert eventually(lambda: not alive(pid), END_SECONDS)
        assert time.monotonic() - started < END_SECONDS


def test_told_to_stay_it_outlives_its_parent(home: Path) -> None:
    source = "import subprocess, sys; subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)"
    command = [sys.executable, "-c", source, *engine_command(), "--stay"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment_for(home)
    ) as parent:
        facts = ready_line(parent)
        parent.wait()
        time.sleep(1.0)
        assert httpx.get(f"{facts['url']}/health", trust_env=False).status_code == 200
        os.kill(facts["pid"], signal.SIGTERM)
        assert eventually(lambda: not alive(facts["pid"]), 5.0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(home: Path, number: signal.Signals) -> None:
    process = launch(home)
    ready_line(process)
    process.send_signal(number)
    assert gone_within(process, 5.0) is not None
    assert process.returncode == 0


def test_a_second_start_hands_over_to_the_first(home: Path) -> None:
    other = "another-token-for-tests-987654321"
    with running_engine(home) as first:
        second = launch(home, "--link", token=other)
        facts = ready_line(second)
        assert second.wait(10) == 0
        assert facts["started"] is False
        assert (facts["url"], facts["pid"]) == (first.url, first.process.pid)
        with first.new_client(other) as client:
            assert client.get("/api/v1/session").status_code == 200
        with first.new_client(None) as browser:
            assert browser.get(facts["link"]).status_code == 303


def test_ten_starts_at_once_make_one_engine(home: Path) -> None:
    processes = [launch(home) for _ in range(10)]
    facts = [ready_line(process) for process in processes]
    assert len({one["url"] for one in facts}) == 1
    assert sum(one["started"] for one in facts) == 1
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_after_a_kill_the_next_start_is_a_first_one(home: Path) -> None:
    with running_engine(home) as engine:
        engine.kill()
    with running_engine(home) as engine:
        assert engine.ready["started"] is True


def test_the_token_may_come_by_standard_input(home: Path) -> None:
    process = launch(home, "--token-from-stdin", token=None)
    with process:
        assert process.stdin is not None
        process.stdin.write(f"{TOKEN}\n")
        process.stdin.flush()
        engine = EngineProcess(process, ready_line(process))
        assert engine.client.get("/api/v1/session").status_code == 200
        assert engine.stop() == 0


@pytest.mark.parametrize("token", ["short", "", "x" * 5000, "twenty characters with spaces"])
def test_a_token_that_is_none_is_refused(home: Path, token: str) -> None:
    process = launch(home, token=token)
    _, said = process.communicate()
    assert process.returncode == 2
    assert "token" in said


def test_a_token_is_never_an_argument_and_never_in_a_file_that_others_read(home: Path) -> None:
    with running_engine(home) as engine:
        engine.client.get("/api/v1/session")
        arguments = Path(f"/proc/{engine.process.pid}/cmdline")
        if arguments.exists():
            assert TOKEN not in arguments.read_text()
        for path in home.rglob("*"):
            if path.is_file() and TOKEN.encode() in path.read_bytes():
                assert path.name == "engine.json"
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not (home / "engine.json").exists()


def test_a_taken_port_is_told(home: Path) -> None:
    with running_engine(home) as engine, new_home() as other:
        process = launch(other, "--port", str(engine.ready["port"]))
        _, said = process.communicate()
        assert process.returncode == 3
        assert "in use" in said


def test_it_works_in_a_folder_with_any_name() -> None:
    with new_home("Zoë's 项目 ünï") as home, running_engine(home) as engine:
        assert engine.client.get("/api/v1/session").json()["home"] == str(home)


def test_it_needs_no_time_zone_and_no_locale(home: Path) -> None:
    with running_engine(home, TZ="Pacific/Kiritimati", LC_ALL="C", LANG="C") as engine:
        assert engine.client.get("/api/v1/session").status_code == 200
    log = (home / "logs" / "engine.log").read_text("utf-8")
    assert time.strftime("%Y-%m-%dT", time.gmtime()) in log


def test_the_ready_line_is_json_and_nothing_else_is_printed(home: Path) -> None:
    process = launch(home)
    line = process.stdout.readline() if process.stdout else ""
    assert json.loads(line)["version"]
    out, said = process.communicate()
    assert (out, said) == ("", "")
