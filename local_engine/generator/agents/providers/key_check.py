"""Asks a provider whether it takes a key: one request that costs nothing.

Nothing of what the provider says is passed on: it may repeat the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import httpx
from pydantic import SecretStr

from local_engine.generator.agents.providers.addresses import base_url
from local_engine.generator.agents.providers.models import ProviderName

_TIMEOUT_SECONDS = 15.0
_NAMES: dict[ProviderName, str] = {"gemini": "Google", "groq": "Groq", "openai": "OpenAI"}
_MODELS: dict[ProviderName, str] = {
    "gemini": "/v1beta/models?pageSize=1",
    "groq": "/openai/v1/models",
    "openai": "/models",
}


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What a provider says of a key, and what that means, in words."""

    verdict: Literal["works", "refused", "unknown"]
    detail: str


async def check_key(provider: ProviderName, key: SecretStr, address: str | None = None) -> KeyCheck:
    """Ask for the list of models, as each provider wants to be asked.

    Never raises for what the provider does; ValueError for an address that is none.
    """
    secret = key.get_secret_value()
    header = (
        {"x-goog-api-key": secret}
        if provider == "gemini"
        else {"authorization": f"Bearer {secret}"}
    )
    url = f"{base_url(provider, address)}{_MODELS[provider]}"
    try:
        async with (
            httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client,
            client.stream("GET", url, headers=header) as answer,
        ):
            return _verdict(_NAMES[provider], answer.status_code)
    except httpx.HTTPError:
        return KeyCheck("unknown", f"{_NAMES[provider]} cannot be reached now.")


def _verdict(name: str, status: int) -> KeyCheck:
    """What a status says about the key. Google answers 400 to a key that is none."""
    if status == 200:
        return KeyCheck("works", f"{name} takes this key.")
    if status == 429:
        return KeyCheck("works", f"{name} takes this key, but its quota is used up for now.")
    if status in (400, 401, 403):
        return KeyCheck("refused", f"{name} refuses this key. Make a new one and store that.")
    return KeyCheck("unknown", f"{name} answered {status}. Try again later.")
