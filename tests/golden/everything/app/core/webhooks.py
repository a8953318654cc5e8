"""Webhooks: events queued with the change that they tell of, posted afterwards, signed.

`WEBHOOK_<NAME>_URL` says where an event goes; without it the event is dropped. With
`WEBHOOK_<NAME>_SECRET`, `X-Signature` is `sha256=` and the HMAC-SHA256 of the body in hexadecimal.
`X-Event-Id` is the same in every repetition of one event. Redirects are not followed, and in
production addresses inside the network are refused (`WEBHOOK_<NAME>_ALLOW_PRIVATE=true` allows
them), so that a wrong URL cannot reach what only the server can reach.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import ipaddress
import json
import logging
import socket
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

from procrastinate import Blueprint, JobContext
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from .db import Connection
from .queue import RETRY, services_of

logger = logging.getLogger("app.webhooks")

tasks = Blueprint()

_TIMEOUT_SECONDS = 10.0


class WebhookTarget(BaseSettings):
    """The settings of one webhook."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    url: str | None = None
    secret: SecretStr | None = None
    allow_private: bool = False

    @classmethod
    def of(cls, name: str) -> WebhookTarget:
        """The settings that begin with `WEBHOOK_<NAME>_`."""

        class Target(WebhookTarget):
            model_config = SettingsConfigDict(env_prefix=f"WEBHOOK_{name.upper()}_")

        return Target()


class WebhookFailed(Exception):
    """The event was not accepted: it is tried again later."""


async def queue_webhook(connection: Connection, name: str, data: dict[str, Any]) -> None:
    """Post an event when, and only when, the transaction of this connection is committed.

    `data` must be JSON-serializable.
    """
    await post_webhook.configure(connection=connection).defer_async(webhook=name, data=data)


@tasks.task(name="post_webhook", retry=RETRY, pass_context=True)
async def post_webhook(context: JobContext, *, webhook: str, data: dict[str, Any]) -> None:
    """The task behind `queue_webhook`."""
    target = WebhookTarget.of(webhook)
    if target.url is None:
        logger.info("webhook %s has no URL: the event is dropped", webhook)
        return
    production = services_of(context).settings.environment == "production"
    body = json.dumps({"event": webhook, "data": data}, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Event": webhook,
        "X-Event-Id": str(context.job.id),
    }
    if target.secret is not None:
        headers["X-Signature"] = sign(body, target.secret.get_secret_value())
    private = target.allow_private or not production
    await asyncio.to_thread(_post, urlsplit(target.url), body, headers, allow_private=private)


def sign(body: bytes, secret: str) -> str:
    """The value of `X-Signature` for a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _post(url: SplitResult, body: bytes, headers: dict[str, str], *, allow_private: bool) -> None:
    """Post a body. Raises `WebhookFailed` or OSError."""
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise WebhookFailed("the URL must begin with http:// or https://")
    port = url.port or (443 if url.scheme == "https" else 80)
    address = _resolve(url.hostname, port, allow_private=allow_private)
    connection = _connect(url.scheme, url.hostname, port, address)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except http.client.HTTPException as error:
        raise WebhookFailed(repr(error)) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise WebhookFailed(f"the receiver answered {status}")


def _connect(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to the very address that was checked, under the host's name.

    Looking the name up a second time could give another address (DNS rebinding).
    """
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    raw = socket.create_connection((address, port), timeout=_TIMEOUT_SECONDS)
    if scheme == "https":
        raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    connection.sock = raw
    return connection


def _resolve(host: str, port: int, *, allow_private: bool) -> str:
    """An address of the host. Raises `WebhookFailed` when all that it has are not allowed."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        text = str(address[0])
        if allow_private or ipaddress.ip_address(text.partition("%")[0]).is_global:
            return text
    raise WebhookFailed(f"{host} is an address inside the network")
