"""The engine's host of agents: which model is asked, with whose key, and what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from local_engine.jobs.run import JobCancelled, JobFailed, Run

if TYPE_CHECKING:
    from local_engine.generator.agents.providers import Call, Event, Provider
    from local_engine.generator.agents.providers import ProviderError as Failure

Via = Literal["no-model", "own-key", "local-model", "cloud"]
ProviderName = Literal["gemini", "groq", "openai"]

LOCAL_SERVER = "http://127.0.0.1:11434/v1"
"""Where Ollama listens."""
MAX_TOKENS = 300_000
MAX_MICRODOLLARS = 2_000_000
RUN_SECONDS = 1_800.0
VARIABLES: Mapping[ProviderName, str] = {
    "gemini": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "openai": "OPENAI_API_KEY",
}
"""Where a key is looked for that the store does not have."""

T = TypeVar("T")
KeyOf = Callable[[str], str | None]
"""The value of a secret, None where there is none."""


class ModelChoice(BaseModel):
    """How a Blueprint is made: by rules, by a model with the user's key or on a local server, or
    by the cloud, which chooses the model.

    Without a `provider`, the first that there is a key for; without a `model`, its usual one. A
    local server needs the model's name, and is Ollama's if `server` does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    via: Via = "no-model"
    provider: ProviderName | None = None
    model: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    server: Annotated[str | None, Field(pattern=r"^https?://[^\s@]+$", max_length=500)] = None
    max_tokens: Annotated[int, Field(ge=0, le=10_000_000)] = MAX_TOKENS
    max_cost_microdollars: Annotated[int, Field(ge=0, le=1_000_000_000)] = MAX_MICRODOLLARS


class Making(BaseModel):
    """How a Blueprint was made: kept with its version. `cost_microdollars` is null if unknown."""

    model_config = ConfigDict(frozen=True)

    via: Via
    models: list[str] = []
    tokens: int = 0
    cost_microdollars: int | None = 0
    notes: list[str] = []


def secret_names(choice: ModelChoice) -> tuple[str, ...]:
    """The names of the secrets that a choice may need."""
    if choice.via != "own-key":
        return ()
    return tuple(secret_name(name) for name in _providers(choice))


def secret_name(provider: ProviderName) -> str:
    """The name of a provider's key in the store."""
    return f"llm.{provider}"


def ask_models(
    choice: ModelChoice, key_of: KeyOf, run: Run, work: Callable[[Provider, Call], Awaitable[T]]
) -> T:
    """The work with a provider, within the caps of the choice; called off with the run.

    Raises `JobFailed` where there is no key, a person has to mend something, or nobody answers.
    """
    from local_engine.generator.agents.providers import Cancelled, ProviderError

    provider = _provider(choice, key_of)
    try:
        return asyncio.run(_asked(choice, provider, run, work))
    except Cancelled:
        raise JobCancelled from None
    except ProviderError as error:
        raise _failed(error) from None


async def _asked(
    choice: ModelChoice,
    provider: Provider,
    run: Run,
    work: Callable[[Provider, Call], Awaitable[T]],
) -> T:
    from local_engine.generator.agents.providers import Budget, Call

    async def tell(event: Event) -> None:
        told = _told(event)
        if told:
            run.log(told)
        run.check()

    budget = Budget(choice.max_tokens, choice.max_cost_microdollars)
    call = Call.lasting(RUN_SECONDS, tell, budget=budget)
    loop = asyncio.get_running_loop()
    try:
        with run.cancelling(lambda: _call_off(loop, call)):
            return await work(provider, call)
    finally:
        await provider.aclose()


def _call_off(loop: asyncio.AbstractEventLoop, call: Call) -> None:
    loop.call_soon_threadsafe(call.cancelled.set)


def _told(event: Any) -> str:
    """A line for the log; the parts of answers are none."""
    match type(event).__name__:
        case "CallStarts":
            return f"Asking {event.provider}/{event.model}"
        case "CallEnded":
            problem = f" ({event.problem})" if event.problem else ""
            return f"Answered: {event.used.tokens} tokens{problem}"
        case "Retrying":
            return f"{event.problem}: again in {event.wait_seconds:.0f} s"
        case "FellBack":
            return f"{event.reason} Going on with {event.to_provider}/{event.to_model}"
    return ""


def _provider(choice: ModelChoice, key_of: KeyOf) -> Provider:
    from local_engine.generator.agents.providers import (
        Chain,
        OpenAICompatible,
        Patient,
        local_model,
    )

    if choice.via == "local-model":
        if choice.model is None:
            raise JobFailed(
                "no-model-named",
                "Which model of the local server shall be asked?",
                hint="Name it: --model qwen3:8b, for example.",
            )
        server = choice.server or os.environ.get("OPENAI_BASE_URL") or LOCAL_SERVER
        model = local_model(choice.model)
        return Patient(OpenAICompatible(None, model, address=server, silence_seconds=600.0))
    found = [
        Patient(_with_key(name, SecretStr(key), choice.model))
        for name in _providers(choice)
        if (key := key_of(secret_name(name)) or os.environ.get(VARIABLES[name]))
    ]
    if not found:
        names = ", ".join(VARIABLES[name] for name in _providers(choice))
        raise JobFailed(
            "no-key",
            "There is no key of a model provider.",
            hint=f"Store one under the name {secret_name(_providers(choice)[0])}, or set {names}.",
        )
    return Chain(found)


def _with_key(name: ProviderName, key: SecretStr, model: str | None) -> Provider:
    from local_engine.generator.agents.providers import Gemini, Groq, OpenAICompatible

    makers: dict[ProviderName, Any] = {"gemini": Gemini, "groq": Groq, "openai": OpenAICompatible}
    made: Provider = makers[name](key, model)
    return made


def _providers(choice: ModelChoice) -> tuple[ProviderName, ...]:
    """Those that may be asked; a model's name says nothing to other providers than its own."""
    if choice.provider is not None:
        return (choice.provider,)
    if choice.model is not None:
        from local_engine.generator.agents.providers import catalog

        known = [one.provider for one in catalog().models if one.name == choice.model]
        return tuple(known) or ("openai",)
    return ("gemini", "groq", "openai")


def _failed(error: Failure) -> JobFailed:
    kind = type(error).__name__
    codes = {"KeyRejected": "key-refused", "RequestRejected": "provider-refuses"}
    who = f"{error.provider}: " if error.provider else ""
    return JobFailed(codes.get(kind, "no-answer"), f"{who}{error.message}")
