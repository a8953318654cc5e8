"""What can go wrong when a model is asked: one root, one kind for each way to react.

No error holds what a provider said, but for texts that were cleared of the key and cut short: a
provider may repeat the key, or the prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local_engine.generator.agents.providers.usage import NOTHING_USED, Usage


class ProviderError(Exception):
    """A model gave no answer that can be used. `used` is what the calls have cost all the same.

    `provider` and `model` say who; they are empty where it was nobody's doing. The text says what
    is wrong and what to do.
    """

    def __init__(
        self, message: str, *, provider: str = "", model: str = "", used: Usage = NOTHING_USED
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.model = model
        self.used = used


class QuotaExceeded(ProviderError):
    """Too many requests or tokens, by the provider's limits.

    `retry_after_seconds` is what the provider asks for, if it says; a `lasting` one is over only
    with the day or with another plan, so that waiting for it makes no sense.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        lasting: bool = False,
        provider: str = "",
        model: str = "",
        used: Usage = NOTHING_USED,
    ) -> None:
        super().__init__(message, provider=provider, model=model, used=used)
        self.retry_after_seconds = retry_after_seconds
        self.lasting = lasting


class Outage(ProviderError):
    """The provider cannot be reached, failed, fell silent or broke off in the middle.

    `retry_after_seconds` is what the provider asks for, if it says. `before_work`: the model was
    not reached, so nothing can have been charged.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        before_work: bool = False,
        provider: str = "",
        model: str = "",
        used: Usage = NOTHING_USED,
    ) -> None:
        super().__init__(message, provider=provider, model=model, used=used)
        self.retry_after_seconds = retry_after_seconds
        self.before_work = before_work


class Refused(ProviderError):
    """The model or a filter in front of it does not want to answer this."""


class KeyRejected(ProviderError):
    """The provider does not take the key, or the key may not do this."""


class RequestRejected(ProviderError):
    """The provider does not take the request: no such model, a schema that it cannot do."""


class TooLarge(ProviderError):
    """The question does not fit into the model's window or into a minute's tokens: split it."""


class BudgetSpent(ProviderError):
    """What is left of the budget is too little for the question: it was not asked."""


class Truncated(ProviderError):
    """The answer ended at the limit of output tokens: ask for less at once.

    `text` is what there is of it.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        provider: str = "",
        model: str = "",
        used: Usage = NOTHING_USED,
    ) -> None:
        super().__init__(message, provider=provider, model=model, used=used)
        self.text = text


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in an answer, and where: `path` is a JSON pointer, "" the whole."""

    path: str
    message: str


class InvalidAnswer(ProviderError):
    """The answer is no JSON, or not of the schema.

    `text` is the answer as it came, `value` what JSON it is (None when it is none), `faults` what
    is wrong with it: what a re-ask shows to the model.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        value: Any = None,
        faults: tuple[Fault, ...] = (),
        provider: str = "",
        model: str = "",
        used: Usage = NOTHING_USED,
    ) -> None:
        super().__init__(message, provider=provider, model=model, used=used)
        self.text = text
        self.value = value
        self.faults = faults


class Cancelled(ProviderError):
    """Whoever asked has called it off."""


class DeadlinePassed(ProviderError):
    """The time for the whole question, waiting and all tries included, is over."""
