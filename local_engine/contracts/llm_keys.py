"""Keys of model providers that an account keeps in the cloud."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from local_engine.contracts.wire import Answer, Moment, Request

Provider = Literal["gemini", "groq", "openai"]
"""Whose models a key opens."""

ProviderKey = Annotated[
    SecretStr,
    Field(min_length=8, max_length=512, json_schema_extra={"pattern": r"^[!-~]+$"}),
]


class NewLlmKey(Request):
    """A key as the provider gave it; it is encrypted at once and never comes back."""

    key: ProviderKey


class LlmKey(Answer):
    """What is known of a stored key: its last four characters, and how its last test went."""

    provider: Provider
    last_four: str
    stored_at: Moment
    tested_at: Moment | None = None
    works: bool | None = None


class LlmKeys(Answer):
    """The keys of an account; `platform` are the providers for which the cloud has its own."""

    keys: list[LlmKey]
    platform: list[Provider]


class KeyTest(Answer):
    """How the provider took a key. `unknown`: it did not say, so the key may well be good."""

    verdict: Literal["works", "refused", "unknown"]
    detail: str
