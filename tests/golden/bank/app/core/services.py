"""What a request handler may reach beyond the request: settings, database, tokens, rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from starlette.requests import Request

from .db import Database
from .migrations import Migration, read_migrations
from .passwords import Passwords
from .rules import Rules
from .settings import Settings
from .tokens import AccessTokens

SCOPE_KEY = "app.services"


@dataclass(frozen=True, slots=True)
class Services:
    """Made once when the application is created, shared by all requests."""

    settings: Settings
    database: Database
    tokens: AccessTokens
    passwords: Passwords
    rules: Rules
    migrations: Sequence[Migration]

    @classmethod
    def of(cls, settings: Settings, rules: Rules, migrations: Path) -> Services:
        """The services for these settings; nothing is opened yet."""
        secret = settings.secret_key.get_secret_value()
        tokens = AccessTokens(secret, settings.access_token_seconds)
        passwords = Passwords(settings.password_hash_parallelism)
        return cls(
            settings, Database(settings), tokens, passwords, rules, read_migrations(migrations)
        )


def services(request: Request) -> Services:
    """The services of the application that handles this request."""
    return cast(Services, request.scope[SCOPE_KEY])


def database(request: Request) -> Database:
    """The database of the application that handles this request."""
    return services(request).database
