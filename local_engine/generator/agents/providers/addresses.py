"""Where providers are: by argument, by environment variable, or where they always are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from local_engine.generator.agents.providers.models import ProviderName

VARIABLES: dict[ProviderName, str] = {
    "gemini": "GOOGLE_GEMINI_BASE_URL",
    "groq": "GROQ_BASE_URL",
    "openai": "OPENAI_BASE_URL",
}
"""The environment variables, as the providers' own libraries name them."""

_DEFAULTS: dict[ProviderName, str] = {
    "gemini": "https://generativelanguage.googleapis.com",
    "groq": "https://api.groq.com",
    "openai": "https://api.openai.com/v1",
}


def base_url(
    provider: ProviderName, given: str | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """The address of a provider. Raises `ValueError` for one that is no http(s) address."""
    variables = os.environ if environment is None else environment
    address = given or variables.get(VARIABLES[provider]) or _DEFAULTS[provider]
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        where = "the given address" if given else VARIABLES[provider]
        raise ValueError(f"{where} is no http or https address.")
    if parts.username or parts.password:
        raise ValueError(f"The address of {provider} must not hold a user or password.")
    return address.rstrip("/")
