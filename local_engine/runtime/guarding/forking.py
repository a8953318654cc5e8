"""Asks a fork server for processes, and stands for those that it has forked."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Self

from local_engine.runtime.guarding.environment import python_environment
from local_engine.runtime.own_process import module_command, own_environment

_MODULE = "local_engine.runtime.guarding.fork_server"
_ENOUGH = 64


class ForkServerEnded(Exception):
    """The process that forks is not there any more."""

    def __init__(self) -> None:
        super().__init__("The process that starts the project was ended from outside. Try again.")


class ForkServer:
    """A process of ours that forks; it ends with `close`, and with this process.

    It begins to import at once: asked too early, it lets the asker wait. `first` and `second` each
    ask it; the second one is for a process that is forked off this one.
    """

    def __init__(self) -> None:
        ours, theirs = zip(*(_channel() for _ in range(2)), strict=True)
        self.first, self.second = Forks(ours[0]), Forks(ours[1])
        numbers = [channel.fileno() for channel in theirs]
        self._process = subprocess.Popen(
            module_command(_MODULE, *map(str, numbers)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**python_environment(), "PYTHONPATH": own_environment()["PYTHONPATH"]},
            pass_fds=numbers,
            start_new_session=True,
        )
        for channel in theirs:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it. What it has forked lives on."""
        self.first.close()
        self.second.close()
        self._process.wait()


class Forks:
    """Asks a fork server; safe to use from several threads at once."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._asking = threading.Lock()

    @classmethod
    def at(cls, descriptor: int) -> Self:
        """What a program of ours that was forked may ask, by the descriptor it was given."""
        return cls(socket.socket(fileno=descriptor))

    def close(self) -> None:
        """Ask no more."""
        self._channel.close()

    def wait_until_ready(self) -> None:
        """Wait until a fork would be there at once, or the fork server has ended."""
        with contextlib.suppress(ForkServerEnded):
            self._ask(json.dumps({"ready": True}).encode(), [])

    def prepare(self, project: Path) -> None:
        """Have the modules of this project imported once for all that is forked for it from now on.

        They are as they are now: whoever changes them asks for this anew, or asks another server.
        """
        request = {"prepare": str(project), "environment": python_environment()}
        with self._asking, contextlib.suppress(OSError):  # whoever forks next will learn of it
            self._channel.send(json.dumps(request).encode())

    def fork_guard(self, project: Path | None = None) -> ForkedProcess:
        """A guard; the command that it is asked for, of this project, is forked, too.

        Raises ForkServerEnded.
        """
        return self._fork({"guarded": True, "folder": str(project or "")})

    def fork_command(
        self, project: Path, environment: Mapping[str, str], arguments: Sequence[str]
    ) -> ForkedProcess:
        """Run `python -m app ARGUMENTS` in the project's folder. Raises ForkServerEnded."""
        return self._fork(
            {
                "guarded": False,
                "arguments": list(arguments),
                "folder": str(project),
                "environment": dict(environment),
            }
        )

    def fork_module(
        self, module: str, environment: Mapping[str, str], folder: Path
    ) -> ForkedProcess:
        """Run `python -m MODULE DESCRIPTOR`, a program of ours; see `Forks.at`.

        It lives on by itself. All that it writes is standard output. Raises ForkServerEnded.
        """
        request = {"module": module, "folder": str(folder), "environment": dict(environment)}
        return self._fork(request, in_one=True)

    def _fork(self, request: Mapping[str, object], *, in_one: bool = False) -> ForkedProcess:
        with contextlib.ExitStack() as theirs:
            pipes = [os.pipe() for _ in range(4)]
            (stdin, to), (out, stdout), (err, stderr), (code, status) = pipes
            for descriptor in (stdin, stdout, stderr, status):
                theirs.callback(os.close, descriptor)
            try:
                errors = stdout if in_one else stderr
                pid = self._ask(json.dumps(request).encode(), [stdin, stdout, errors, status])
            except ForkServerEnded:
                for descriptor in (to, out, err, code):
                    os.close(descriptor)
                raise
        return ForkedProcess(
            pid, os.fdopen(to, "wb"), os.fdopen(out, "rb"), os.fdopen(err, "rb"), code
        )

    def _ask(self, message: bytes, descriptors: list[int]) -> int:
        with self._asking:
            try:
                socket.send_fds(self._channel, [message], descriptors)
                answer = self._channel.recv(_ENOUGH)
            except OSError as error:
                raise ForkServerEnded from error
        if not answer:
            raise ForkServerEnded
        return int(answer)


class ForkedProcess:
    """A process that is nobody's child here: its exit code comes through a pipe."""

    def __init__(
        self, pid: int, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes], status: int
    ) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self._status = status
        self._reading = threading.Lock()
        self._code: int | None = None
        weakref.finalize(self, os.close, status)

    def poll(self) -> int | None:
        """Its exit code, None while it lives."""
        return self._collect(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended; raises `subprocess.TimeoutExpired`."""
        code = self._collect(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, and its command with it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def communicate(self, standard_input: str, timeout: float) -> subprocess.CompletedProcess[str]:
        """Give it its whole input and wait for its end; raises `subprocess.TimeoutExpired`."""
        with ThreadPoolExecutor(max_workers=3) as aside:
            out, err = aside.submit(_read_all, self.stdout), aside.submit(_read_all, self.stderr)
            aside.submit(_write_all, self.stdin, standard_input)
            try:
                code = self.wait(timeout)
            except BaseException:
                self.kill()
                raise
            return subprocess.CompletedProcess((), code, out.result(), err.result())

    def _collect(self, timeout: float | None) -> int | None:
        """What the pipe says when its other end is closed; nothing means that it was killed."""
        if self._code is None and _readable(self._status, timeout):
            with self._reading:
                if self._code is None:
                    said = os.read(self._status, _ENOUGH)
                    self._code = int(said) if said else -int(signal.SIGKILL)
        return self._code


def _read_all(stream: IO[bytes]) -> str:
    with stream:
        return stream.read().decode(errors="replace")


def _write_all(stream: IO[bytes], text: str) -> None:
    with contextlib.suppress(BrokenPipeError), stream:  # it need not want all of it
        stream.write(text.encode())


def _readable(descriptor: int, timeout: float | None) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(None if timeout is None else timeout * 1000))


def _channel() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@contextlib.contextmanager
def forking() -> Iterator[ForkServer | None]:
    """A fork server for what is done inside; none where this system has no safe fork."""
    if sys.platform != "linux":
        yield None
        return
    with ForkServer() as server:
        yield server
