"""The settings of the service: environment variables, checked once at start.

Each field is one variable of the same name in capitals; a file `.env` in the working folder is
read as well, below the environment in rank. Files in `/run/secrets` come last: there Docker and
Kubernetes put what is not for the environment. A missing or unusable value ends the process with
exit code 2 and one line that says which variable is wrong (see `core.command`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_SECRETS = Path("/run/secrets")


class SettingsError(Exception):
    """A setting is missing or unusable; the message is one line for the person who starts it."""


def _postgresql_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must be a URL that begins with postgresql://")
    return value


class Settings(BaseSettings):
    """What can be set from outside. Times are in the unit that the name says.

    `forwarded_allow_ips` are the proxies whose word on the client's address is believed,
    `cors_allow_origins` the web pages (such as `https://shop.example`) that may call the service
    from a browser; both are lists with commas. `registrations_per_hour` counts for each address.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[SecretStr, AfterValidator(_postgresql_url)]
    secret_key: Annotated[SecretStr, Field(min_length=32)]
    environment: Literal["development", "production"] = "development"

    access_token_seconds: Annotated[int, Field(ge=1, le=86_400)] = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=365)] = 30
    registrations_per_hour: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    password_hash_parallelism: Annotated[int, Field(ge=1, le=64)] = 2

    body_limit_bytes: Annotated[int, Field(ge=1_024, le=1_073_741_824)] = 1_048_576
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_statements: bool = False
    forwarded_allow_ips: str = ""
    cors_allow_origins: str = ""

    db_pool_min: Annotated[int, Field(ge=0, le=1_000)] = 1
    db_pool_max: Annotated[int, Field(ge=1, le=1_000)] = 10
    db_pool_wait_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    db_statement_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 10.0

    smtp_url: SecretStr | None = None
    mail_from: str = "no-reply@localhost"
    worker_in_process: bool = True
    worker_concurrency: Annotated[int, Field(ge=1, le=100)] = 4
    shutdown_seconds: Annotated[int, Field(ge=1, le=60)] = 5


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` come first.

    Raises `SettingsError` with one line that names every variable in question.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(e) for e in error.errors())) from None


def _explain(error: Any) -> str:
    """One validation error in words, without the refused value: it may be a secret."""
    name = ".".join(str(part) for part in error["loc"]).upper()
    if error["type"] == "missing":
        return f"{name} is not set"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {message[:1].lower()}{message[1:]}"
