"""The process of a project's service: started beside a guard, watched, stopped, started again."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil

from local_engine.runtime.guarding import guard
from local_engine.runtime.guarding.process import StartGuard, start_guard
from local_engine.runtime.own_process import module_command, own_environment
from local_engine.runtime.ports import LOOPBACK, free_port, is_free
from local_engine.runtime.preview.errors import PreviewError, quoted
from local_engine.runtime.preview.logs import follow
from local_engine.runtime.preview.processes import ProcessId, listens
from local_engine.runtime.readiness import wait_until_ready

START_TIMEOUT_SECONDS = 30.0
_STOP_TIMEOUT_SECONDS = guard.STOP_SECONDS + 5.0
_ATTEMPTS = 3

OnOutput = Callable[[bytes], object]


class Service:
    """One run of a project's service. Ends with this process, however this process ends."""

    def __init__(
        self,
        project: Path,
        environment: Mapping[str, str],
        port: int,
        *,
        on_output: OnOutput,
        afterwards: list[str] | None = None,
        start: StartGuard = start_guard,
    ) -> None:
        """Start it; `afterwards` is a command for the guard to run if this process is killed."""
        self.port = port
        self._guard = start()
        arguments = ["serve", "--host", LOOPBACK, "--port", str(port)]
        request = {
            "command": module_command("app", *arguments),
            "arguments": arguments,
            "folder": str(project),
            "environment": dict(environment),
            # A guard that was forked has not our environment.
            "afterwards": afterwards and {"command": afterwards, "environment": own_environment()},
        }
        self._order(json.dumps(request))
        self.pid = self._read_pid()
        self._log_reader = self._follow(on_output)

    @property
    def guard_id(self) -> ProcessId:
        """The guard; SIGTERM to it stops the service."""
        return ProcessId.of(self._guard.pid)

    @property
    def alive(self) -> bool:
        """Whether the service runs."""
        return self._guard.poll() is None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    def wait_ready(self, timeout_seconds: float) -> bool:
        """Wait until the service, and not somebody else on its port, answers that it is ready."""
        return (
            wait_until_ready(self.port, lambda: self.alive, timeout_seconds)
            and listens(self.pid, self.port)
            and self.alive
        )

    def wait(self) -> int:
        """Wait for its end; returns its exit code, or 128 + the signal that ended it."""
        code = self._guard.wait()
        self._log_reader.join()
        with contextlib.suppress(BrokenPipeError):
            _present(self._guard.stdin).close()
        return code

    def stop(self, *, kill: bool = False) -> int:
        """Ask it to end (SIGTERM, SIGKILL after 10 s) or, with `kill`, end it at once.

        Returns its exit code. Everything it wrote has been handed on by then.
        """
        with contextlib.suppress(OSError):
            self._order("kill" if kill else "stop")
        try:
            self._guard.wait(_STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._guard.kill()
        code = self.wait()
        with contextlib.suppress(psutil.Error):
            # Only where the guard was killed and the system did not end the service with it.
            if listens(self.pid, self.port):
                psutil.Process(self.pid).kill()
        return code

    def _order(self, line: str) -> None:
        stream = _present(self._guard.stdin)
        stream.write(line.encode() + b"\n")
        stream.flush()

    def _read_pid(self) -> int:
        with contextlib.closing(_present(self._guard.stderr)) as stream:
            said = stream.read().decode(errors="replace")
        try:
            return int(said)
        except ValueError:
            self._guard.kill()
            self._guard.wait()
            raise PreviewError(
                f"The service's process could not be started:\n{quoted(said.splitlines())}"
            ) from None

    def _follow(self, on_output: OnOutput) -> threading.Thread:
        return follow(_present(self._guard.stdout), on_output)


def start_ready(
    start: Callable[[int], Service],
    recent_output: Callable[[], list[str]],
    *,
    port: int | None = None,
    wish: int | None = None,
) -> Service:
    """Start a service with `start(port)` and wait until it is ready.

    Without a `port` a free one is taken, `wish` if it is free, and another one when somebody else
    was faster. Raises `PreviewError` with the last lines of its output.
    """
    for _ in range(_ATTEMPTS):
        if port is not None and not is_free(port):
            raise PreviewError(
                f"Port {port} is in use by another program. Choose another port, or none: "
                "a free one is then found."
            )
        service = start(port or (wish if wish and is_free(wish) else free_port()))
        if service.wait_ready(START_TIMEOUT_SECONDS):
            return service
        died = not service.alive
        code = service.stop(kill=True)
        if port is None and not is_free(service.port):
            continue
        what = (
            f"ended with exit code {code} instead of starting"
            if died
            else f"did not become ready within {START_TIMEOUT_SECONDS:.0f} s"
        )
        raise PreviewError(f"The service {what}. Its last output:\n{quoted(recent_output())}")
    raise PreviewError(f"No free port was found in {_ATTEMPTS} attempts. Try again.")


def _present(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
