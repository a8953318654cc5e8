"""What the features share: settings, database, tokens, passwords, the vault, mail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, cast
from uuid import UUID

from argon2 import PasswordHasher
from fastapi import Depends, Request

from cloud_api.config.settings import Settings
from cloud_api.database.feed import Feed
from cloud_api.database.migrations import Migration, read_migrations
from cloud_api.database.pool import Database
from cloud_api.mail import Mailer
from cloud_api.security.access_tokens import AccessTokens
from cloud_api.security.passwords import Passwords
from cloud_api.security.vault import Vault
from cloud_api.web.metrics import Metrics
from cloud_api.web.tracing import Tracing, start_tracing


@dataclass(frozen=True, slots=True)
class Services:
    """Made once when the process starts, shared by all requests and tasks.

    `generations` wakes those who follow runs; `streams` counts who holds streams open here.
    `tracing` is None where no collector was named.
    `draining` is set when the process was asked to stop: streams then end, to be resumed elsewhere.
    """

    settings: Settings
    database: Database
    migrations: Sequence[Migration]
    tokens: AccessTokens
    passwords: Passwords
    vault: Vault
    mailer: Mailer
    metrics: Metrics
    tracing: Tracing | None
    generations: Feed
    streams: dict[UUID, int] = field(default_factory=dict)
    draining: asyncio.Event = field(default_factory=asyncio.Event)


def make_services(settings: Settings, *, hasher: PasswordHasher | None = None) -> Services:
    """The services for these settings; nothing is opened yet."""
    tracing = start_tracing(settings.traces_url)
    database = Database(settings, tracing)
    return Services(
        settings=settings,
        database=database,
        migrations=read_migrations(),
        tokens=AccessTokens(settings.secret_keys, settings.platform_access_token_seconds),
        passwords=Passwords(settings.platform_password_threads, hasher),
        vault=Vault(settings.secret_keys),
        mailer=Mailer.of(settings),
        metrics=Metrics(database.pool),
        tracing=tracing,
        generations=Feed(settings.direct_url, "generations"),
    )


def services_of(request: Request) -> Services:
    """The services of the application that handles this request."""
    return cast(Services, request.app.state.services)


async def _services(request: Request) -> Services:
    """As `services_of`; a coroutine, because FastAPI runs other dependencies in threads."""
    return services_of(request)


TheServices = Annotated[Services, Depends(_services)]
