"""A process that has imported what projects import, and forks to run their commands. Linux only.

Nine tenths of a project's start are imports of packages. A verification starts the same project
again and again, so they are imported once here, and each start is a fork that goes on with
`python -m app ARGUMENTS`: another process, with the project's own modules, environment and folder.
Nine tenths of the rest are imports of these modules: a packet with `prepare`, the project's folder,
and `environment` has a fork of this process import them once (see `preparing`), and what is asked
for that `folder` from then on is forked off that one. There is no answer to it. A packet with
`ready` is answered as soon as all is imported that every project needs.

Our arguments are descriptors of sockets of packets. A packet asks for one command: a JSON object
with `arguments`, `folder` and `environment`, and four descriptors: standard input, output, error,
and one on which the exit code is written, as text. The answer is a process id as text. With
`guarded` that process is a guard, which takes its request and its orders as one that was started
(see `guard`); else it waits for the command and does nothing more. With `module` that process is
itself `python -m MODULE DESCRIPTOR`, one of our own programs: it lives on by itself, and may ask
for commands in its turn, through the socket of this descriptor. This process ends when all its
sockets are closed on the other side.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from types import FrameType
from typing import NoReturn

from local_engine.runtime.guarding import guard, project_modules
from local_engine.runtime.guarding.preparing import Prepared, prepare
from local_engine.runtime.guarding.project_modules import PROJECT
from local_engine.runtime.leaving import leave

PRELOADED = (
    "argon2",
    "cryptography.hazmat.primitives.asymmetric",
    "email_validator",
    "fastapi.openapi.docs",
    "httptools",
    "jwt",
    "logging.config",
    "psycopg",
    "psycopg_pool",
    "pydantic.v1",
    "pydantic_settings",
    "starlette.middleware.cors",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
"""What projects import, by the innermost modules; the few that use more import it themselves."""

_LARGEST_REQUEST = 1 << 18  # more than the system lets be sent
_DESCRIPTORS = 4


class Forked:
    """A forked process that leads a session of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> int:
        """Its exit code once it has ended; that of a signal is negative."""
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


class Command(BaseException):
    """Raised in a forked process: it leaves what it was, and goes on as this program."""

    def __init__(self, module: str, request: guard.Request) -> None:
        super().__init__()
        self.module = module
        self.request = request

    def run(self) -> NoReturn:
        """Be `python -m MODULE ARGUMENTS` from here on."""
        request = self.request
        if self.module == PROJECT:
            project_modules.enter(request["folder"])
        project_modules.be_in(request["folder"], request["environment"])
        sys.argv = [self.module, *request["arguments"]]
        try:
            runpy.run_module(self.module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if isinstance(end.code, int | None):
                leave(end.code or 0)
            raise
        leave(0)


def main() -> int:
    """Serve until the askers are gone; raises `Command` in the processes that are to be one."""
    channels = [socket.socket(fileno=int(number)) for number in sys.argv[1:]]
    gc.disable()  # modules stay: looking for garbage among them is a tenth of the time
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that looking for garbage does not copy what the forks share
    gc.enable()
    signal.signal(signal.SIGCHLD, _reap)
    Server(channels).serve()
    return 0


class Server:
    """Forks what its channels ask for."""

    def __init__(self, channels: list[socket.socket]) -> None:
        self._channels = channels
        self._prepared: dict[str, Prepared] = {}

    def serve(self) -> None:
        """Do so until nobody can ask any more; raises `Command` in what was forked."""
        while self._channels:
            readable, _, _ = select.select(self._channels, [], [])
            for channel in readable:
                message, descriptors, *_ = socket.recv_fds(channel, _LARGEST_REQUEST, _DESCRIPTORS)
                if message:
                    self._answer(channel, message, descriptors)
                else:
                    self._channels.remove(channel)
                    channel.close()
        for prepared in self._prepared.values():
            prepared.end()

    def _answer(self, channel: socket.socket, message: bytes, descriptors: list[int]) -> None:
        request = json.loads(message)
        if "prepare" in request:
            self._prepare(request["prepare"], request["environment"])
            return
        if "ready" in request:
            channel.send(b"0")
            return
        answer = self._hand_on(request, message, descriptors) or self._fork(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(answer)

    def _prepare(self, folder: str, environment: dict[str, str]) -> None:
        def load() -> None:
            self._forget_others()
            project_modules.load(folder, environment)

        def serve(channel: socket.socket) -> NoReturn:
            Server([channel]).serve()
            os._exit(0)

        if folder in self._prepared:
            self._prepared.pop(folder).end()
        self._prepared[folder] = prepare(load, serve)

    def _hand_on(self, request: guard.Request, message: bytes, descriptors: list[int]) -> bytes:
        """Have it forked where the project was imported already; nothing where it was not."""
        prepared = None if "module" in request else self._prepared.get(request["folder"])
        answer = prepared.fork(message, descriptors) if prepared else b""
        if prepared and not answer:
            del self._prepared[request["folder"]]
        return answer

    def _fork(self, request: guard.Request, descriptors: list[int]) -> bytes:
        """Fork one process; gives its id as text."""
        theirs = None
        if "module" in request:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._channels.append(ours)
        pid = os.fork()
        if pid == 0:
            self._forget_others()
            if theirs is not None:
                _be_our_own(request, descriptors, theirs.detach())
            _attend(request, descriptors)
        if theirs is not None:
            theirs.close()
        return str(pid).encode()

    def _forget_others(self) -> None:
        """In a fork: its asker and its forks are those of this process, not its own."""
        for channel in self._channels:
            channel.close()
        for prepared in self._prepared.values():
            prepared.close()


def _reap(_number: int, _frame: FrameType | None) -> None:
    """Take note of the end of forks: their askers learn of it by themselves."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _be_our_own(request: guard.Request, descriptors: list[int], channel: int) -> NoReturn:
    """Go on as one of our own programs. The descriptor for the exit code stays open until it ends.

    It is no command that ends with others: whoever asked may be gone long before.
    """
    _take_over(descriptors[:-1])
    raise Command(request["module"], {**request, "arguments": [str(channel)]})


def _take_over(standard: list[int]) -> None:
    """Lead a session of its own, with these as standard input, output and error."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)


def _attend(request: guard.Request, descriptors: list[int]) -> NoReturn:
    """Run the command as the child of this fork, and write down how it ended."""
    *standard, status = descriptors
    _take_over(standard)

    def fork(request: guard.Request) -> Forked:
        pid = os.fork()
        if pid:
            return Forked(pid)
        os.close(status)
        os.setsid()
        guard.die_with_parent()
        if request["guarded"]:
            _leave_to_guard()
        raise Command(PROJECT, request)

    if request["guarded"]:
        code = guard.main(lambda told: fork({**told, "guarded": True}))
    else:
        code = fork(request).wait()
    os.write(status, str(code).encode())
    os._exit(0)


def _leave_to_guard() -> None:
    """Standard input is for the guard's orders, standard error for its first answer."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(1, 2)


def _run() -> NoReturn:
    try:
        leave(main())
    except Command as command:
        become = command
    become.run()


if __name__ == "__main__":
    _run()
