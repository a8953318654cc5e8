"""The engine's side of a job that runs in a process of its own."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import threading
from collections import deque
from typing import IO, Any

from local_engine.jobs.events import read_event
from local_engine.jobs.kind import JobRequest, Place
from local_engine.jobs.run import JobFailed, Run
from local_engine.runtime.own_process import module_command, own_environment

WORKER = "local_engine.jobs.worker"
CANCEL_SECONDS = 8.0
_LINES = 40
_log = logging.getLogger(__name__)


def run_isolated(run: Run, request: JobRequest, place: Place) -> dict[str, Any]:
    """Do the job in a worker process; gives its result as plain data.

    Raises `JobCancelled` once the worker is gone, `JobFailed` for what it could not do.
    """
    worker = subprocess.Popen(
        module_command(WORKER),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=place.home,
        env=own_environment(),
        start_new_session=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert worker.stderr is not None
    said: deque[str] = deque(maxlen=_LINES)
    listener = threading.Thread(target=_listen, args=[worker.stderr, said], daemon=True)
    listener.start()
    try:
        with worker.stdin, worker.stdout, run.cancelling(lambda: _end(worker)):
            with contextlib.suppress(BrokenPipeError):
                worker.stdin.write(_order(request, place))
                worker.stdin.flush()
            return _hear(run, worker.stdout)
    finally:
        worker.stdin.close()
        if worker.poll() is None:
            _end(worker)
        code = worker.wait()
        listener.join(1.0)
        if code:
            _log.error("the worker of job %s ended with %s: %s", place.job, code, "\n".join(said))


def _order(request: JobRequest, place: Place) -> bytes:
    """What the worker is to do, as its first line."""
    asked = {
        "job": place.job,
        "home": str(place.home),
        "folder": str(place.folder) if place.folder else None,
        "request": request.model_dump(mode="json"),
        "secrets": dict(place.secrets),
    }
    return json.dumps(asked).encode() + b"\n"


def _hear(run: Run, words: IO[bytes]) -> dict[str, Any]:
    for line in words:
        message: dict[str, Any] = json.loads(line)
        if "event" in message:
            if not run.cancelled:  # what it says while it is ended is of no interest
                run.tell(read_event(json.dumps(message["event"])))
        elif "result" in message:
            run.check()
            result: dict[str, Any] = message["result"]
            return result
        elif "failed" in message:
            run.check()
            raise JobFailed(
                **{**message["failed"], "problems": tuple(message["failed"]["problems"])}
            )
    run.check()
    raise JobFailed(
        "worker-died",
        "The process that did this job ended before it was done.",
        hint="Start it again. If that happens twice, see the engine's log.",
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Ask the worker to end, and see to it that it does; returns at once."""
    worker.terminate()
    insist = threading.Timer(CANCEL_SECONDS, _kill, [worker])
    insist.daemon = True
    insist.start()


def _kill(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is None:
        worker.kill()


def _listen(stream: IO[bytes], said: deque[str]) -> None:
    with contextlib.closing(stream):
        for line in stream:
            said.append(line.decode(errors="replace").rstrip())
