"""Providers whose calls are recorded before they are sent, and whose answers are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from cloud_api.database.pool import Connection
from cloud_api.features.generations import calls
from cloud_api.features.generations.makers import CalledOff, Report
from cloud_api.features.generations.models import GenerationRow
from cloud_api.services import Services
from local_engine.contracts.generation import Noticed
from local_engine.generator.agents.providers import (
    Answer,
    BudgetSpent,
    Call,
    CallEnded,
    CallStarts,
    Event,
    Fault,
    FellBack,
    InvalidAnswer,
    Provider,
    ProviderError,
    Question,
    Refused,
    Retrying,
    Truncated,
    Usage,
)
from local_engine.generator.agents.providers.answers import storable

_TODAY = "What may be used today (UTC) does not pay for another question."


class Recorder:
    """Is told of the calls of a run; one is under way at a time."""

    def __init__(self, services: Services, row: GenerationRow, report: Report) -> None:
        self._services = services
        self._row = row
        self._report = report
        self._charged = row.way == "platform-key"
        self._open: int | None = None
        self._found: list[Noticed] = []

    async def notice(self, *found: Noticed) -> None:
        """Take note of what was found; told with the next call."""
        self._found += found

    async def flush(self) -> None:
        """Tell what was found. Raises `CalledOff`."""
        found, self._found = self._found, []
        await self._report(found)

    async def tell(self, event: Event) -> None:
        """Record a call, before and after. Raises `CalledOff`, and `BudgetSpent` for the day."""
        if isinstance(event, CallStarts):
            await self.flush()
            await self._start(event)
        elif isinstance(event, CallEnded):
            await self._end(event)
        elif isinstance(event, Retrying | FellBack):
            kind = "retrying" if isinstance(event, Retrying) else "fell-back"
            await self.notice(Noticed(path="", kind=kind, facts=asdict(event)))

    async def _start(self, event: CallStarts) -> None:
        settings = self._services.settings

        async def work(connection: Connection) -> int:
            call = await calls.start(
                connection,
                self._row.id,
                self._row.attempts,
                event.provider,
                event.model,
                event.reserved,
                charged=self._charged,
            )
            if call is None:
                raise CalledOff
            if (
                call.tokens > settings.platform_daily_tokens
                or call.cost_microdollars > settings.platform_daily_microdollars
            ):
                raise BudgetSpent(_TODAY)
            return call.id

        self._open = await self._services.database.run(work)

    async def _end(self, event: CallEnded) -> None:
        call, self._open = self._open, None
        if call is None:
            return

        async def work(connection: Connection) -> None:
            await calls.end(connection, call, event.used, event.problem)

        await self._services.database.run(work)


class Remembering:
    """A provider that does not ask again what it was answered in this run; a `Provider`."""

    def __init__(self, inner: Provider, services: Services, generation: UUID) -> None:
        self._inner = inner
        self._services = services
        self._generation = generation

    @property
    def provider(self) -> str:
        """Whose model is asked first."""
        return self._inner.provider

    @property
    def model(self) -> str:
        """The name of the model that is asked first."""
        return self._inner.model

    @property
    def largest_prompt(self) -> int:
        """How many tokens of instructions, schema and prompt one question may have together."""
        return self._inner.largest_prompt

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def ask(self, question: Question, call: Call) -> Answer:
        """The answer from before, or else a new one. Raises `ProviderError`."""
        digest = _digest(question)
        async with self._services.database.connection() as connection:
            known = await calls.answer_of(connection, self._generation, digest)
        if known is not None:
            return _again(known)
        try:
            answer = await self._inner.ask(question, call)
        except (Refused, Truncated, InvalidAnswer) as error:
            await self._keep(digest, _failed(error))
            raise
        kept = {"value": answer.value, "provider": answer.provider, "model": answer.model}
        await self._keep(digest, {"kind": "Answer", "used": asdict(answer.used), **kept})
        return answer

    async def _keep(self, digest: str, outcome: dict[str, Any]) -> None:
        async def work(connection: Connection) -> None:
            await calls.keep_answer(connection, self._generation, digest, outcome)

        await self._services.database.run(work)


def _digest(question: Question) -> str:
    return hashlib.sha256(json.dumps(asdict(question), sort_keys=True).encode()).hexdigest()


def _failed(error: ProviderError) -> dict[str, Any]:
    kept: dict[str, Any] = {"kind": type(error).__name__, "message": error.message}
    if isinstance(error, Truncated | InvalidAnswer):
        kept["text"] = storable(error.text)
    if isinstance(error, InvalidAnswer):
        kept["faults"] = [asdict(fault) for fault in error.faults]
        kept["value"] = error.value
    return kept


def _again(known: dict[str, Any]) -> Answer:
    """What came of a question before; its usage was counted then."""
    match known["kind"]:
        case "Answer":
            return Answer(known["value"], known["provider"], known["model"], Usage())
        case "Refused":
            raise Refused(known["message"])
        case "Truncated":
            raise Truncated(known["message"], text=known["text"])
        case _:
            faults = tuple(Fault(**fault) for fault in known["faults"])
            raise InvalidAnswer(
                known["message"], text=known["text"], value=known["value"], faults=faults
            )
