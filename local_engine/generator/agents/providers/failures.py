"""From what went wrong at the HTTP level to our typed errors, alike for all providers."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from local_engine.generator.agents.providers.errors import (
    KeyRejected,
    Outage,
    ProviderError,
    QuotaExceeded,
    RequestRejected,
    TooLarge,
)

_MAX_WORDS = 300
_LONGEST_WAIT_SECONDS = 86_400.0


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """What a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date), if anything."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except ValueError:
            return None
    if seconds != seconds:  # "nan" is a float as well
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)


def transport_failure(error: httpx.HTTPError) -> Outage:
    """For a connection that was not made, fell silent or broke off."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Outage(
            "The provider cannot be reached. Look at the network and at its address.",
            before_work=True,
        )
    if isinstance(error, httpx.TimeoutException):
        return Outage("The provider does not answer. Try again later, or use another one.")
    return Outage("The connection to the provider broke off. Try again.")


def clean_words(said: Any, key: SecretStr | None) -> str:
    """What a provider said, on one line, cut short and without the key."""
    words = " ".join(str(said or "").split())
    secret = key.get_secret_value() if key else ""
    if secret:
        words = words.replace(secret, "(the key)")
    return words[:_MAX_WORDS]


def status_failure(
    status: int,
    *,
    headers: Mapping[str, str],
    said: str,
    lasting: bool = False,
    bad_key: bool = False,
    wait_seconds: float | None = None,
) -> ProviderError:
    """For an answer with an error status; `said` has gone through `clean_words`.

    `lasting` and `bad_key` are what only the provider's own words tell; `wait_seconds` is a delay
    that its body asks for, where there is no header.
    """
    wait = retry_after_seconds(headers)
    wait = wait_seconds if wait is None else wait
    if bad_key or status in (401, 403):
        return KeyRejected(f"The provider refuses the key ({status}). Store another one.")
    if status == 402:
        return QuotaExceeded("The account at the provider has no credit left.", lasting=True)
    if status == 413:
        return TooLarge(f"The question is too large for the provider: {said}")
    if status == 429:
        when = (
            "Use another model, or wait for the next day." if lasting else "Wait, then try again."
        )
        return QuotaExceeded(
            f"The provider's limit is reached. {when}", retry_after_seconds=wait, lasting=lasting
        )
    if status >= 500 or status in (408, 409, 425):
        return Outage(
            f"The provider failed ({status}). Try again later, or use another one.",
            retry_after_seconds=wait,
            before_work=True,
        )
    return RequestRejected(f"The provider does not take the request ({status}): {said}")
