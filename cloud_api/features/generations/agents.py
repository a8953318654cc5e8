"""Runs by a model: with the user's own keys, or else with the platform's."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from uuid import UUID

import psycopg
from pydantic import SecretStr

from cloud_api.access.callers import Account
from cloud_api.config.settings import Settings
from cloud_api.features.generations.makers import (
    NO_MODEL,
    CalledOff,
    CannotMake,
    Report,
    made_of,
    noticed,
)
from cloud_api.features.generations.models import GenerationRow
from cloud_api.features.generations.recording import Recorder, Remembering
from cloud_api.features.llm_keys import repository as llm_keys
from cloud_api.security.vault import VaultError
from cloud_api.services import Services
from cloud_api.web.problems import Problem
from local_engine.contracts.generation import Made, RunProblem, Way
from local_engine.contracts.llm_keys import Provider as ProviderName
from local_engine.generator.agents.designing import Design, design
from local_engine.generator.agents.extending import extend
from local_engine.generator.agents.providers import (
    Budget,
    Call,
    Cancelled,
    Chain,
    Gemini,
    Groq,
    KeyRejected,
    OpenAICompatible,
    Patient,
    Provider,
    ProviderError,
    RequestRejected,
    catalog,
)
from local_engine.generator.blueprint import load
from local_engine.generator.emit import emit
from local_engine.generator.planner import PlanEvent, PlanningError

_log = logging.getLogger("cloud.generations")

_ORDER: tuple[ProviderName, ...] = ("gemini", "groq", "openai")
_RUN_SECONDS = 900.0
_LOOK_SECONDS = 2.0


async def way_of(services: Services, account: Account) -> tuple[Way, str | None]:
    """How a run of an account is made where nothing else is asked for, and by which model."""
    own = await _own_providers(services, account.id)
    platform = [name for name in _ORDER if _platform_key(services.settings, name) is not None]
    for way, names in (("own-key", own), ("platform-key", platform)):
        if names:
            return way, catalog().of_role(names[0]).name  # type: ignore[return-value]
    return "no-model", None


class AgentMaker:
    """A model makes the Blueprint, and the functions that it wishes for."""

    def __init__(self, services: Services, row: GenerationRow) -> None:
        self._services = services
        self._row = row

    async def make(self, prompt: str, report: Report) -> Made:
        """The Blueprint. Raises `CannotMake`, and what `report` raises."""
        recorder = Recorder(self._services, self._row, report)
        row = self._row
        budget = Budget(
            row.max_tokens - row.tokens, row.max_cost_microdollars - row.cost_microdollars
        )
        call = Call.lasting(_RUN_SECONDS, recorder.tell, budget=budget)
        provider = Remembering(await self._provider(), self._services, row.id)
        watch = asyncio.create_task(_watch(report, call))
        try:
            made = await _made(prompt, provider, call, recorder)
            await recorder.flush()
        except Cancelled:
            raise CalledOff from None
        except (KeyRejected, RequestRejected) as error:
            raise self._rejected(error) from None
        except PlanningError as error:
            detail = f"{error.message} {error.hint}".strip()
            raise CannotMake(RunProblem(code="not-understood", detail=detail)) from None
        except ProviderError as error:
            raise CannotMake(RunProblem(code="no-answer", detail=error.message)) from None
        finally:
            watch.cancel()
            try:
                with suppress(asyncio.CancelledError):
                    await watch
            finally:
                await provider.aclose()
        return made

    def _rejected(self, error: ProviderError) -> CannotMake:
        if self._row.way == "own-key":
            detail = f"{error.message} (your key for {error.provider})"
            return CannotMake(RunProblem(code="key-refused", detail=detail))
        _log.error("a provider rejects the platform", extra={"provider": error.provider})
        detail = "The provider does not take the platform's key or model. Ask without a model."
        return CannotMake(RunProblem(code="provider-refuses", detail=detail))

    async def _provider(self) -> Provider:
        settings = self._services.settings
        if self._row.way == "platform-key":
            keys = {name: _platform_key(settings, name) for name in _ORDER}
        else:
            usable = await _own_providers(self._services, self._row.user_id)
            keys = {name: await self._own_key(name) for name in usable}
        vertex = settings.google_genai_use_vertexai and self._row.way == "platform-key"
        found = [
            _single(settings, name, key, vertex=vertex)
            for name, key in keys.items()
            if key is not None
        ]
        if not found:
            problem = RunProblem(
                code="no-key", detail="The key is not there any more. Store one, or ask again."
            )
            raise CannotMake(problem)
        return Chain([Patient(one) for one in found])

    async def _own_key(self, name: ProviderName) -> SecretStr | None:
        row = await llm_keys.find(self._services.database, self._row.user_id, name)
        if row is None:
            return None
        try:
            return self._services.vault.open(row.sealed, row.place)
        except VaultError:
            return None


async def _made(prompt: str, provider: Provider, call: Call, recorder: Recorder) -> Made:
    async def on_event(event: PlanEvent) -> None:
        await recorder.notice(noticed(event))

    found = await design(prompt, provider, call, on_event=on_event)
    extensions: dict[str, str] = {}
    notes = list(found.notes)
    if found.wishes:
        files = await asyncio.to_thread(_texts, found)
        extended = await extend(prompt, found.wishes, files, provider, call)
        extensions, notes = dict(extended.files), [*notes, *extended.notes]
    by = f"Made by {', '.join(found.models)}." if found.models else NO_MODEL
    return made_of(found.text, found.decisions, found.questions, [by, *notes], extensions)


def _texts(found: Design) -> dict[str, str]:
    tree = emit(load(found.text).application, found.text)
    return {path: tree.text(path) for path in tree}


async def _watch(report: Report, call: Call) -> None:
    """Call the questions off when the run is: while a model thinks, nothing else looks."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            await report([])
        except CalledOff:
            call.cancelled.set()
            return
        except (psycopg.Error, Problem):
            continue  # the run itself meets it, if it lasts; to look later does for a call-off


async def _own_providers(services: Services, user: UUID) -> list[ProviderName]:
    """Whose keys a user has stored that were not refused, in the order in which they are asked."""
    found = await llm_keys.list_all(services.database, user)
    usable = {facts.provider for facts in found if facts.works is not False}
    return [name for name in _ORDER if name in usable]


def _platform_key(settings: Settings, name: ProviderName) -> SecretStr | None:
    keys: dict[ProviderName, SecretStr | None] = {
        "gemini": settings.google_api_key,
        "groq": settings.groq_api_key,
        "openai": settings.openai_api_key,
    }
    return keys[name]


def _single(settings: Settings, name: ProviderName, key: SecretStr, *, vertex: bool) -> Provider:
    """A provider's model; `vertex` says that Google's key is one of Google Cloud.

    That is so for the platform's alone: users have keys of the Gemini API.
    """
    if name == "gemini" and vertex:
        return Gemini(key, address=settings.google_vertex_base_url, vertex=True)
    if name == "gemini":
        return Gemini(key, address=settings.google_gemini_base_url)
    if name == "groq":
        return Groq(key, address=settings.groq_base_url)
    return OpenAICompatible(key, address=settings.openai_base_url)
