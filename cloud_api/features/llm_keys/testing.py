"""Asks a provider whether it takes a key: one request that costs nothing.

Nothing of what the provider says is passed on: it may repeat the key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import httpx
from pydantic import SecretStr

from cloud_api.config.settings import Settings
from local_engine.contracts.llm_keys import KeyTest, Provider

_TIMEOUT_SECONDS = 15.0
_NAMES: dict[Provider, str] = {"gemini": "Google", "groq": "Groq", "openai": "OpenAI"}


@dataclass(frozen=True, slots=True)
class HttpKeyTester:
    """Asks over HTTP for the list of models, as each provider wants to be asked."""

    addresses: dict[Provider, str]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The tester for these settings."""
        return cls(
            {
                "gemini": f"{settings.google_gemini_base_url}/v1beta/models?pageSize=1",
                "groq": f"{settings.groq_base_url}/openai/v1/models",
                "openai": f"{settings.openai_base_url}/models",
            }
        )

    async def test(self, provider: Provider, key: SecretStr) -> KeyTest:
        """How the provider takes a key; never raises for what the provider does."""
        secret = key.get_secret_value()
        header = (
            {"x-goog-api-key": secret}
            if provider == "gemini"
            else {"authorization": f"Bearer {secret}"}
        )
        try:
            async with (
                httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client,
                client.stream("GET", self.addresses[provider], headers=header) as answer,
            ):
                return _verdict(_NAMES[provider], answer.status_code)
        except httpx.HTTPError:
            return KeyTest(verdict="unknown", detail=f"{_NAMES[provider]} cannot be reached now.")


def _verdict(name: str, status: int) -> KeyTest:
    """What a status says about the key. Google answers 400 to a key that is none."""
    if status == 200:
        return KeyTest(verdict="works", detail=f"{name} takes this key.")
    if status == 429:
        return KeyTest(
            verdict="works", detail=f"{name} takes this key, but its quota is used up for now."
        )
    if status in (400, 401, 403):
        return KeyTest(
            verdict="refused", detail=f"{name} refuses this key. Make a new one and store that."
        )
    return KeyTest(verdict="unknown", detail=f"{name} answered {status}. Try again later.")
