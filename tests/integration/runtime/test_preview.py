"""A project in the foreground: start, stop, restart, data, secrets, and clear failures."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from killing import alive, eventually

from local_engine.runtime.events import Event, LogLine, ServiceEnded, StageFinished
from local_engine.runtime.ports import free_port
from local_engine.runtime.preview import Preview, PreviewError, list_previews, stop_preview
from local_engine.runtime.preview import service as service_module
from local_engine.runtime.preview.registry import preview_server

pytestmark = pytest.mark.usefixtures("nothing_left_running")


def post(url: str, title: str) -> None:
    assert httpx.post(f"{url}/notes", json={"title": title}).status_code == 201


def titles(url: str) -> list[str]:
    answer: list[str] = httpx.get(f"{url}/notes").json()
    return answer


def test_a_project_runs_and_keeps_its_data_and_its_address(sample_project: Path) -> None:
    events: list[Event] = []
    preview = Preview.start(sample_project, on_event=events.append)
    try:
        post(preview.url, "first")
        assert preview.url == f"http://127.0.0.1:{preview.port}"
        assert httpx.get(f"{preview.url}/settings").json()["pid"] == preview.pid
        assert preview.running
        line = json.dumps({"path": "/notes", "title": "first"})
        assert eventually(lambda: LogLine(line) in events, 2)
        assert line in preview.logs()
        assert line in preview.log_path.read_text().splitlines()
    finally:
        preview.stop()
    assert [e.stage for e in events if isinstance(e, StageFinished)] == [
        "database",
        "migrate",
        "serve",
    ]
    assert not alive(preview.state.pid or 0)
    assert not preview_server().running
    preview.stop()
    again = Preview.start(sample_project)
    try:
        assert titles(again.url) == ["first"]
        assert again.url == preview.state.url
        assert line in again.logs()  # of the run before
    finally:
        again.stop()


def test_a_restart_is_a_new_process_at_the_same_address(sample_project: Path) -> None:
    preview = Preview.start(sample_project)
    try:
        post(preview.url, "kept")
        before = (preview.url, preview.pid)
        preview.restart()
        assert (preview.url, titles(preview.url)) == (before[0], ["kept"])
        assert preview.pid != before[1]
        assert not alive(before[1])
        assert [state.pid for state in list_previews()] == [preview.pid]
    finally:
        preview.stop()


def test_a_restart_also_brings_a_killed_database_back(sample_project: Path) -> None:
    preview = Preview.start(sample_project)
    try:
        post(preview.url, "kept")
        data = (preview_server().directory / "storage" / "data").resolve()
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert eventually(lambda: not preview_server().running, 2)
        preview.restart()
        assert titles(preview.url) == ["kept"]
    finally:
        preview.stop()


def test_secrets_travel_by_environment_and_the_engines_stay_at_home(
    sample_project: Path, monkeypatch: pytest.MonkeyPatch, engine_home: Path
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "engine-only")
    preview = Preview.start(sample_project, settings={"ACCESS_TOKEN_SECONDS": "7"})
    try:
        about = httpx.get(f"{preview.url}/settings").json()
        assert about["access_token_seconds"] == 7
        assert {"DATABASE_URL", "SECRET_KEY"} <= set(about["environment"])
        assert "SOME_API_KEY" not in about["environment"]
        secret = next(engine_home.glob("previews/notes_*/secret_key"))
        password = preview.database.url.split(":")[2].split("@")[0]
        assert len(secret.read_text()) >= 32
        assert secret.stat().st_mode & 0o777 == 0o600
        for process in psutil.process_iter(["cmdline"]):
            words = " ".join(process.info["cmdline"] or [])
            assert secret.read_text() not in words
            assert password not in words
    finally:
        preview.stop()


def test_two_projects_share_a_server_and_nothing_else(sample_project: Path, tmp_path: Path) -> None:
    other_project = tmp_path / "other" / "notes"
    shutil.copytree(sample_project, other_project)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(Preview.start, [sample_project, other_project])
    try:
        post(one.url, "mine")
        assert (titles(one.url), titles(other.url)) == (["mine"], [])
        assert one.database.role != other.database.role
        with pytest.raises(PreviewError, match="Several previews are called notes"):
            stop_preview("notes")
        one.stop()
        assert preview_server().running
        assert titles(other.url) == []
    finally:
        one.stop()
        other.stop()
    assert not preview_server().running


def test_a_project_runs_once(sample_project: Path) -> None:
    def start() -> object:
        try:
            return Preview.start(sample_project)
        except PreviewError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(start), pool.submit(start)]]
    refused = [result for result in results if isinstance(result, str)]
    assert len(refused) == 1
    assert refused[0].startswith("This project runs already, at ")
    stop_preview(sample_project)


def test_a_foreign_stop_reaches_the_owner(sample_project: Path) -> None:
    events: list[Event] = []
    preview = Preview.start(sample_project, on_event=events.append)
    stopped = stop_preview("notes")
    assert stopped.name == preview.name
    assert preview.wait() is None
    assert not preview.running
    assert eventually(lambda: ServiceEnded(None) in events, 2)
    with pytest.raises(PreviewError, match=r"No preview of notes is running.*none"):
        stop_preview("notes")


def test_a_listener_that_fails_does_not_hold_the_service_up(sample_project: Path) -> None:
    def fail(event: Event) -> None:
        if isinstance(event, LogLine):
            raise BrokenPipeError

    preview = Preview.start(sample_project, on_event=fail)
    try:
        for number in range(3):
            post(preview.url, str(number) + "x" * 100_000)  # more than a pipe holds
        assert len(titles(preview.url)) == 3
        assert '"2xxx' in "".join(preview.logs())
    finally:
        preview.stop()


def test_a_crash_of_the_service_is_told_with_its_exit_code(sample_project: Path) -> None:
    events: list[Event] = []
    preview = Preview.start(sample_project, on_event=events.append)
    os.kill(preview.pid, signal.SIGKILL)
    assert preview.wait() == 128 + signal.SIGKILL
    assert eventually(lambda: ServiceEnded(137) in events, 2)
    assert list_previews() == []


def test_open_requests_are_finished_before_the_end(sample_project: Path) -> None:
    preview = Preview.start(sample_project)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(httpx.get, f"{preview.url}/slow?seconds=1")
        time.sleep(0.3)
        preview.stop()
        assert slow.result().json() == {"slept": 1}


DEAF = """import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal = lambda *_: None
"""


def test_a_service_that_does_not_end_is_killed(
    sample_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = sample_project / "app" / "__main__.py"
    main.write_text(main.read_text().replace("import json\n", f"import json\n{DEAF}"))
    monkeypatch.setattr(service_module, "_STOP_TIMEOUT_SECONDS", 0.5)
    preview = Preview.start(sample_project)
    pid = preview.pid
    os.kill(pid, signal.SIGTERM)
    assert not eventually(lambda: not alive(pid), 0.5)
    preview.stop()
    assert eventually(lambda: not alive(pid), 2)


def test_a_chosen_port_is_taken_or_the_refusal_is_clear(sample_project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        with pytest.raises(PreviewError, match=f"Port {port} is in use by another program"):
            Preview.start(sample_project, port=port)
    preview = Preview.start(sample_project, port=port)
    try:
        assert preview.port == port
    finally:
        preview.stop()


def test_a_port_that_is_taken_in_the_last_moment_is_replaced(
    sample_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else answers on the port that was found free: he must not count as our service."""
    squatter = Preview.start(shutil.copytree(sample_project, sample_project.parent / "squatter"))
    found = [squatter.port]
    real = free_port
    monkeypatch.setattr(
        "local_engine.runtime.preview.service.free_port", lambda: found.pop() if found else real()
    )
    try:
        preview = Preview.start(sample_project)
        try:
            assert not found
            assert preview.port != squatter.port
            assert httpx.get(f"{preview.url}/settings").json()["pid"] == preview.pid
        finally:
            preview.stop()
    finally:
        squatter.stop()


def test_a_failing_migration_is_told_in_the_projects_own_words(sample_project: Path) -> None:
    (sample_project / "migrations" / "0002_bad.up.sql").write_text("CREATE TABEL x ();")
    with pytest.raises(PreviewError, match=r"(?s)app migrate.*exit code 1.*TABEL"):
        Preview.start(sample_project)
    assert list_previews() == []


def test_a_service_that_fails_to_start_is_told_with_its_last_lines(sample_project: Path) -> None:
    (sample_project / "app" / "service.py").write_text("raise RuntimeError('the cake is burnt')")
    with pytest.raises(PreviewError, match=r"(?s)ended with exit code 1.*the cake is burnt"):
        Preview.start(sample_project)


def test_a_service_that_never_gets_ready_is_told_so_and_ended(
    sample_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = sample_project / "app" / "service.py"
    service.write_text(service.read_text().replace("FROM note LIMIT", "FROM nothing LIMIT"))
    monkeypatch.setattr(service_module, "START_TIMEOUT_SECONDS", 3.0)
    with pytest.raises(PreviewError, match="did not become ready within 3 s"):
        Preview.start(sample_project)
    assert not processes_in(sample_project)


def processes_in(folder: Path) -> list[int]:
    processes = psutil.process_iter(["cwd"])  # None where the system will not tell
    return [process.pid for process in processes if process.info["cwd"] == str(folder)]


def test_a_project_that_needs_more_packages_is_refused_before_anything_starts(
    sample_project: Path,
) -> None:
    (sample_project / "extensions").mkdir()
    (sample_project / "extensions" / "requirements.txt").write_text("reportlab\n")
    with pytest.raises(PreviewError, match="needs Docker"):
        Preview.start(sample_project)
    assert not preview_server().running
