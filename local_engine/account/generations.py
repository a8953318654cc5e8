"""A run of the cloud from its start to its end, followed through lost connections.

The engine chooses the run's id, so asking again never costs a second run. Events have numbers; a
stream that breaks off is resumed after the last one that came (server-sent events, WHATWG HTML,
section 9.2).
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
from pydantic import ValidationError

from local_engine.account.client import Call, CloudClient
from local_engine.account.errors import CloudError
from local_engine.account.session import Session
from local_engine.contracts.generation import (
    Ended,
    Generation,
    GenerationRequest,
    Noticed,
    NumberedEvent,
    Started,
)

SILENCE_SECONDS = 45.0
"""Three of the cloud's heartbeats."""
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Before each attempt to resume, as long as nothing new comes; then it is given up."""
POLL_SECONDS = 2.0
CANCEL_SECONDS = 5.0
_STREAM = "text/event-stream"

OnEvent = Callable[[NumberedEvent], None]


class CalledOff(Exception):
    """The run was called off from here."""


class GenerationRun:
    """One run. `cancel` may be called by another thread while `follow` waits."""

    def __init__(self, client: CloudClient, session: Session, request: GenerationRequest) -> None:
        if request.id is None:
            raise ValueError("the engine gives the run's id")
        self._client = client
        self._session = session
        self._request = request
        self.id: UUID = request.id
        self._last = 0
        self._begun = False
        self._ended = False
        self._cancelled = threading.Event()
        self._response: httpx.Response | None = None

    def follow(self, on_event: OnEvent) -> Generation:
        """Start the run and tell its events, each once; gives the whole of it at its end.

        Whatever ends this early calls the run off. Raises `CloudError` where it failed or was
        lost, `CalledOff`, and what `on_event` raises.
        """
        try:
            self._to_the_end(on_event)
            generation = self._whole()
        except BaseException as end:
            if not self._ended and (self._begun or getattr(end, "lost", False)):
                self._call_off()
            raise
        if generation.status == "cancelled":
            raise CalledOff
        if generation.problem is not None:
            problem = generation.problem
            raise CloudError(problem.code, problem.detail, errors=problem.errors)
        return generation

    def cancel(self) -> None:
        """Call the run off, and end waiting for it."""
        self._cancelled.set()
        response = self._response
        if response is not None:
            stream: Any = response.extensions.get("network_stream")
            connection = stream.get_extra_info("socket") if stream is not None else None
            if connection is not None:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)  # closing it would not end a read

    @property
    def _path(self) -> str:
        return f"/generations/{self.id}"

    def _to_the_end(self, on_event: OnEvent) -> None:
        attempt = 0
        while not self._ended:
            before = self._last
            try:
                self._session.signed_in(lambda token: self._attend(token, on_event))
                failure = None
            except CloudError as error:
                failure = error
            if self._cancelled.is_set():
                raise CalledOff
            if self._ended:
                return
            attempt = 0 if self._last > before else attempt + 1
            if failure is not None and not self._worth_another(failure, attempt):
                raise failure
            if self._cancelled.wait(PAUSES[min(attempt, len(PAUSES) - 1)]):
                raise CalledOff

    def _whole(self) -> Generation:
        """The run that has ended; asked for again where the answer was lost."""
        call = Call("GET", self._path)
        for pause in PAUSES:
            try:
                return self._session.signed_in(
                    lambda token: self._client.ask(Generation, call, token)
                )
            except CloudError as error:
                if not error.lost and error.code != "cloud-unreachable":
                    raise
            if self._cancelled.wait(pause):
                raise CalledOff
        return self._session.signed_in(lambda token: self._client.ask(Generation, call, token))

    def _worth_another(self, failure: CloudError, attempt: int) -> bool:
        """Whether a connection that was lost may be found again."""
        away = failure.lost or failure.out_of_reach or failure.status == 503
        return away and attempt < len(PAUSES) and (self._begun or failure.lost)

    def _attend(self, token: str, on_event: OnEvent) -> None:
        """Tell events until the connection, or the run, ends."""
        with self._client.stream(self._call(), token, self._headers()) as response:
            self._response, self._begun = response, True
            try:
                if self._cancelled.is_set():
                    return
                if response.headers.get("content-type", "").startswith(_STREAM):
                    self._read(response, on_event)
                else:
                    response.read()
                    self._wait_for(response, token)
            finally:
                self._response = None

    def _call(self) -> Call:
        if self._begun:
            return Call("GET", f"{self._path}/events", seconds=SILENCE_SECONDS)
        return Call("POST", "/generate-from-prompt", body=self._request, seconds=SILENCE_SECONDS)

    def _headers(self) -> dict[str, str]:
        known = {"last-event-id": str(self._last)} if self._begun else {}
        return {"accept": _STREAM, "cache-control": "no-store", **known}

    def _read(self, response: httpx.Response, on_event: OnEvent) -> None:
        for data in _events(response.iter_lines()):
            if self._cancelled.is_set():
                return
            try:
                event = NumberedEvent.model_validate_json(data)
            except ValidationError:
                continue  # of a kind that a newer cloud tells
            if event.number <= self._last:
                continue
            self._last = event.number
            self._ended = isinstance(event.event, Ended)
            on_event(event)
            if self._ended:
                return

    def _wait_for(self, response: httpx.Response, token: str) -> None:
        """The run is answered without a stream: something on the way takes none. Ask again."""
        generation = self._client.understood(Generation, response)
        while generation.ended_at is None:
            if self._cancelled.wait(POLL_SECONDS):
                return
            generation = self._client.ask(Generation, Call("GET", self._path), token)
        self._ended = True

    def _call_off(self) -> None:
        """Tell the cloud, as far as it can be told: nobody waits for the run any more."""
        call = Call("POST", f"{self._path}/cancel", seconds=CANCEL_SECONDS)
        with contextlib.suppress(CloudError):
            self._session.signed_in(lambda token: self._client.do(call, token))


def _events(lines: Iterator[str]) -> Iterator[str]:
    """The data of each event; comments and other fields are passed over."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def words_of(event: NumberedEvent) -> str:
    """An event as a line for people; empty where it says nothing to them."""
    match event.event:
        case Started(attempt=attempt) if attempt > 1:
            return "Another worker of the cloud goes on with it"
        case Noticed(kind="retrying", facts=facts):
            return f"{facts.get('problem', 'No answer')}: again in a moment"
        case Noticed(kind="fell-back", facts=facts):
            to = f"{facts.get('to_provider')}/{facts.get('to_model')}"
            return f"{facts.get('reason', '')} Going on with {to}".strip()
    return ""
