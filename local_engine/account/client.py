"""One request to the cloud: sent, answered or refused, and understood.

Redirects are never followed: a token goes to the address that the user chose, and nowhere else.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

import local_engine
from local_engine.account.address import is_loopback
from local_engine.account.errors import CloudError
from local_engine.contracts.health import Health
from local_engine.contracts.problems import MEDIA_TYPE, ProblemDetails
from local_engine.contracts.wire import Answer, Request

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 20.0
_VERSION_SECONDS = 2.0
_OFFLINE = "What needs no cloud works all the same."
_NOT_UNDERSTOOD = frozenset((404, 405, 410, 426))
"""How an address answers that the cloud no longer has, unless it says more."""

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Call:
    """A request; one of `body` and `form`, or neither, is sent with it."""

    method: str
    path: str
    body: Request | None = None
    form: Mapping[str, str] | None = None
    seconds: float | None = None
    """How long the cloud may be silent, if not as long as usual."""


class CloudClient:
    """The cloud at one address. Its connections are kept; threads may share it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(
            base_url=address,
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=not is_loopback(urlsplit(address).hostname or ""),
            headers={"user-agent": f"backend-generator/{local_engine.__version__}"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, answer: type[A], call: Call, token: str | None = None) -> A:
        """The cloud's answer. Raises `CloudError`."""
        return self.understood(answer, self.sent(call, token))

    def do(self, call: Call, token: str | None = None) -> None:
        """Have something done that is answered with nothing. Raises `CloudError`."""
        self.sent(call, token)

    def sent(self, call: Call, token: str | None = None) -> httpx.Response:
        """The answer to a request, once it is no refusal. Raises `CloudError`."""
        with self.failing():
            response = self._http.send(self._request(call, token))
        if not response.is_success:
            raise self.refusal(response)
        return response

    @contextlib.contextmanager
    def stream(
        self, call: Call, token: str, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        """The answer while it comes. Raises `CloudError`, while it is read as well."""
        request = self._request(call, token)
        request.headers.update(headers)
        with self.failing():
            response = self._http.send(request, stream=True)
            try:
                if not response.is_success:
                    response.read()
                    raise self.refusal(response)
                yield response
            finally:
                response.close()

    def understood(self, answer: type[A], response: httpx.Response) -> A:
        """An answer as its model. Raises `CloudError` where it has another form."""
        try:
            return answer.model_validate_json(response.content)
        except ValidationError:
            raise self._too_new(response) from None

    def refusal(self, response: httpx.Response) -> CloudError:
        """An answer that is no success, as an error."""
        if response.is_redirect:
            return CloudError(
                "cloud-redirects",
                f"{self.address} sends elsewhere, and nothing secret follows.",
                hint="Set the address that is meant: API_URL=https://...",
                status=response.status_code,
            )
        problem = _problem(response)
        if problem is None and response.status_code in _NOT_UNDERSTOOD:
            return self._too_new(response)
        if problem is None:
            return CloudError(
                "cloud-unreachable" if response.status_code >= 500 else "cloud-refuses",
                f"{self.address} answered with {response.status_code} and no reason.",
                hint=_OFFLINE,
                status=response.status_code,
                lost=response.status_code >= 500,
            )
        return CloudError(
            problem.code,
            problem.detail,
            hint=self._update_hint() if response.status_code in (410, 426) else "",
            status=problem.status,
            errors=problem.errors,
        )

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """What goes wrong with the connection in the block, in words. Raises `CloudError`."""
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise CloudError(
                "cloud-unreachable",
                f"The cloud at {self.address} cannot be reached.",
                hint=_OFFLINE,
            ) from None
        except httpx.TimeoutException:
            raise CloudError(
                "cloud-slow",
                f"The cloud at {self.address} takes too long to answer.",
                hint=_OFFLINE,
                lost=True,
            ) from None
        except httpx.TransportError:
            raise CloudError(
                "cloud-unreachable",
                f"The connection to the cloud at {self.address} broke off.",
                hint=_OFFLINE,
                lost=True,
            ) from None

    def _request(self, call: Call, token: str | None) -> httpx.Request:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content: dict[str, Any] = {}
        if call.body is not None:
            content["content"] = json.dumps(_plain(call.body)).encode()
            headers["content-type"] = "application/json"
        if call.form is not None:
            content["data"] = dict(call.form)
        timeout = httpx.Timeout(call.seconds or ANSWER_SECONDS, connect=CONNECT_SECONDS)
        return self._http.build_request(
            call.method, call.path, headers=headers, timeout=timeout, **content
        )

    def _too_new(self, response: httpx.Response) -> CloudError:
        return CloudError(
            "cloud-not-understood",
            f"The cloud at {self.address} answers in a way that this engine does not know.",
            hint=self._update_hint(),
            status=response.status_code,
        )

    def _update_hint(self) -> str:
        """Which versions meet, as far as the cloud says its own."""
        ours = local_engine.__version__
        try:
            answer = self._http.get("/health", timeout=_VERSION_SECONDS)
            theirs = Health.model_validate_json(answer.content).version
        except (httpx.HTTPError, ValidationError):
            theirs = ours
        if theirs == ours:
            return f"Is it the right address? Else update Backend Generator (this is {ours})."
        return f"It is of version {theirs}, this engine of {ours}: update Backend Generator."


def _problem(response: httpx.Response) -> ProblemDetails | None:
    if not response.headers.get("content-type", "").startswith(MEDIA_TYPE):
        return None
    try:
        return ProblemDetails.model_validate_json(response.content)
    except ValidationError:
        return None


def _plain(body: Request) -> dict[str, Any]:
    """A request as JSON; what is secret in it is sent, not masked."""
    from pydantic import SecretStr

    plain = body.model_dump(mode="json", exclude_none=True)
    for name in plain:
        value = getattr(body, name)
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    return plain
