"""Starts the preview of a project, and stands for one that runs."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from local_engine.runtime.events import LogLine, OnEvent, ServiceEnded, ignore, stage
from local_engine.runtime.guarding.forking import Forks
from local_engine.runtime.guarding.process import start_guard
from local_engine.runtime.own_process import module_command
from local_engine.runtime.postgres import Database, PostgresError
from local_engine.runtime.preview.environment import check_project, service_environment
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.logs import RotatingLog, read_log
from local_engine.runtime.preview.migrating import bring_up_to_date
from local_engine.runtime.preview.processes import ProcessId
from local_engine.runtime.preview.registry import (
    is_stop_requested,
    live_state,
    start_database,
    stop_idle_server,
    stop_requested,
)
from local_engine.runtime.preview.service import Service, start_ready
from local_engine.runtime.preview.state import PreviewFolder, PreviewState, previews_locked

_PAUSE_SECONDS = 0.03
CLEANUP = module_command("local_engine.runtime.preview.cleanup")


class RunningPreview:
    """A project that runs on this machine, until `stop` or the end of this process."""

    def __init__(
        self,
        folder: PreviewFolder,
        state: PreviewState,
        settings: Mapping[str, str],
        database: Database,
        on_event: OnEvent,
        forks: Forks | None = None,
    ) -> None:
        """Made by `Preview.start` only; `migrate` and `launch` then bring the service up.

        `forks` is used for both, and not any more afterwards.
        """
        self.project = Path(state.project)
        self.database = database
        self.log_path = folder.log
        self._folder = folder
        self._state = state
        self._settings = settings
        self._on_event = on_event
        self._forks = forks
        self._log = RotatingLog(folder.log)
        self._service: Service | None = None
        self._changing = threading.RLock()
        self._ended = threading.Event()
        self._exit_code: int | None = None

    @property
    def name(self) -> str:
        """The preview's name, by which `stop_preview` finds it."""
        return self._folder.name

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end; `/docs` there shows the API."""
        return self._present_service.url

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return self._present_service.port

    @property
    def pid(self) -> int:
        """The service's process id."""
        return self._present_service.pid

    @property
    def state(self) -> PreviewState:
        """What is written down about it for other processes."""
        return self._state

    @property
    def running(self) -> bool:
        """Whether the service's process lives."""
        return self._service is not None and self._service.alive

    def migrate(self) -> None:
        """Bring the database up to date. Raises `PreviewError` with what the project said."""
        bring_up_to_date(
            self.project, self._folder, self._environment(), self._on_event, self._forks
        )

    def launch(self, port: int | None) -> None:
        """Start the service and wait until it is ready. Raises `PreviewError`.

        Without a `port` it is the one of last time, if that is free, so that links stay good.
        """
        with self._changing:
            wish = self._folder.last_port
            start = self._start_service
            self._service = start_ready(start, self._log.recent, port=port, wish=wish)
            self._forks = None
            self._folder.last_port = self._service.port
            self._write_down(self._service, "running")
            watch = threading.Thread(target=self._watch, args=[self._service], daemon=True)
            watch.start()

    def stop(self) -> None:
        """End the service in good order, then the database server unless others need it."""
        with self._changing:
            service, self._service = self._service, None
            if service is not None:
                service.stop()
            self._clear_away()

    def restart(self) -> None:
        """End the service in good order and start it again, on the same port if it is free."""
        with self._changing:
            service = self._present_service
            service.stop()
            with previews_locked():
                self.database = start_database(self._folder)
            self.launch(None)

    def logs(self) -> list[str]:
        """What the service has written, in this run and before, as far as it is kept."""
        return read_log(self.log_path)

    def wait(self) -> int | None:
        """Wait until the service has ended for good; nothing is left of the preview then.

        Returns its exit code, or None when it was asked to stop. A restart is no end.
        """
        self._ended.wait()
        return self._exit_code

    @property
    def _present_service(self) -> Service:
        if self._service is None:
            raise PreviewError(f"The preview {self.name} is not running.")
        return self._service

    def _environment(self) -> dict[str, str]:
        return service_environment(
            database_url=self.database.url,
            secret_key=self._folder.secret_key,
            settings=self._settings,
        )

    def _start_service(self, port: int) -> Service:
        service = Service(
            self.project,
            self._environment(),
            port,
            on_output=self._on_output,
            afterwards=CLEANUP,
            start=partial(self._forks.fork_guard, self.project) if self._forks else start_guard,
        )
        self._write_down(service, "starting")
        return service

    def _write_down(self, service: Service, status: Literal["starting", "running"]) -> None:
        self._state = replace(
            self._state,
            status=status,
            guard=service.guard_id,
            pid=service.pid,
            port=service.port,
            url=service.url,
        )
        self._folder.write_state(self._state)

    def _on_output(self, line: bytes) -> None:
        # A full disk or a listener that fails must not keep the service waiting for its reader.
        with contextlib.suppress(Exception):
            self._on_event(LogLine(self._log.write(line)))

    def _watch(self, service: Service) -> None:
        """Clear away what is left when this run of the service ends without our doing."""
        code = service.wait()
        resumes = self._wait_out_pause(service)
        with self._changing:
            if service is not self._service or (resumes and self._start_again()):
                return
            self._service = None
            self._exit_code = None if stop_requested(self._folder) else code
            self._clear_away()
        self._on_event(ServiceEnded(self._exit_code))

    def _is_paused(self) -> bool:
        return self._folder.pauser is not None

    def _wait_out_pause(self, service: Service) -> bool:
        """Wait while another process pauses the preview; whether it is to run again then."""
        if not self._is_paused() or service is not self._service:
            return False
        self._state = replace(self._state, status="paused", guard=None, pid=None)
        self._folder.write_state(self._state)
        while self._is_paused() and service is self._service:
            if is_stop_requested(self._folder):
                return False
            time.sleep(_PAUSE_SECONDS)
        return True

    def _start_again(self) -> bool:
        """Start the service after a pause; whether it runs. What kept it from that is logged."""
        try:
            with previews_locked():
                self.database = start_database(self._folder)
            self.migrate()
            self.launch(None)
        except (PreviewError, PostgresError) as error:
            for line in str(error).splitlines():
                self._on_output(line.encode())
            return False
        return True

    def _clear_away(self) -> None:
        self._log.close()
        with previews_locked():
            if not self._ended.is_set():
                self._folder.forget_state()
                stop_idle_server()
        self._ended.set()


class Preview:
    """Starts previews."""

    @staticmethod
    def start(
        project: Path,
        *,
        on_event: OnEvent = ignore,
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        detached: bool = False,
        forks: Forks | None = None,
    ) -> RunningPreview:
        """Migrate and serve the project in this folder on its own database; it keeps its data.

        Without a `port` a free one is taken. `settings` are environment variables on top of the
        usual ones. The preview ends with this process. `on_event` is called from several threads.
        With `forks` its first start is forked, which is quicker.
        Raises `PreviewError`, also when the project has a preview already.
        """
        path = check_project(project)
        folder = PreviewFolder.of_project(path)
        state = PreviewState(
            name=folder.name,
            project=str(path),
            status="starting",
            detached=detached,
            owner=ProcessId.of(os.getpid()),
            started_at=time.time(),
            database=folder.name,
            log_path=str(folder.log),
        )
        try:
            return _start(folder, state, settings or {}, port, on_event, forks)
        except PostgresError as error:
            raise PreviewError(str(error)) from error


def _start(
    folder: PreviewFolder,
    state: PreviewState,
    settings: Mapping[str, str],
    port: int | None,
    on_event: OnEvent,
    forks: Forks | None,
) -> RunningPreview:
    with stage(on_event, "database", "Start PostgreSQL"):
        database = _claim(folder, state)
    preview = RunningPreview(folder, state, settings, database, on_event, forks)
    try:
        with stage(on_event, "migrate", "Bring the database up to date"):
            preview.migrate()
        with stage(on_event, "serve", "Start the service"):
            preview.launch(port)
        if stop_requested(folder):
            raise PreviewError(f"The preview {preview.name} was stopped while it started.")
    except BaseException:
        preview.stop()
        raise
    return preview


def _claim(folder: PreviewFolder, state: PreviewState) -> Database:
    """Make this process the owner of the project's preview, and start what it needs."""
    with previews_locked():
        if (pauser := folder.pauser) is not None:
            raise PreviewError(
                f"Process {pauser.pid} is changing this project's data. Wait until it is done."
            )
        if (other := live_state(folder)) is not None:
            raise PreviewError(
                f"This project runs already, at {other.url or 'an address to come'} "
                f"(process {other.owner.pid}). Use that one, or stop it first."
            )
        folder.write_state(state)
        try:
            return start_database(folder)
        except BaseException:
            folder.forget_state()
            stop_idle_server()
            raise
