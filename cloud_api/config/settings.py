"""The settings of the service: environment variables, checked once at start.

Each field is one variable of the same name in capitals. A missing or unusable value ends the
process with exit code 2 and a line for each variable: what is wrong with it, and what to do.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloud_api.config.secret_keys import DEVELOPMENT_KEY, weakness_of
from local_engine.contracts.llm_keys import Provider

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s,]+")
_NEW_KEY = "Make one with: openssl rand -base64 48"
_ADVICE = {
    "PLATFORM_SECRET_KEY": _NEW_KEY,
    "PLATFORM_PREVIOUS_SECRET_KEY": "Set it to the key before the present one, or not at all",
    "PLATFORM_DATABASE_URL": "Set it to postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
    "PLATFORM_DATABASE_DIRECT_URL": "Set it to the address of PostgreSQL itself, past pgbouncer",
    "CORS_ORIGINS": "Set it to origins with commas between, such as https://app.example, or to *",
    "FORWARDED_ALLOW_IPS": "Name your proxies, such as 10.0.0.0/8, or * where a platform's are all",
    "SMTP_URL": "Set it to smtp://USER:PASSWORD@HOST:PORT or smtps://...",
}


class SettingsError(Exception):
    """Settings are missing or unusable; the message has a line for each."""


def _postgresql_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must be a URL that begins with postgresql://")
    if not _is_sound(value.get_secret_value()):
        # What is wrong is not quoted: it often is half a password.
        raise ValueError(
            "cannot be read; percent-encode the password, so that @ is %40, / is %2F and % is %25"
        )
    return value


def _is_sound(url: str) -> bool:
    """Whether PostgreSQL reads it, and no piece of a password has come to stand elsewhere."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        return False
    ports = str(parts.get("port", "")).split(",")
    others = f"{parts.get('host', '')}{parts.get('dbname', '')}"
    return all(not port or port.isdecimal() for port in ports) and "@" not in others


def _smtp_url(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("smtp://", "smtps://")):
        raise ValueError("must be a URL that begins with smtp:// or smtps://")
    return value


def _origins(value: str) -> str:
    for origin in filter(None, (part.strip() for part in value.split(","))):
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin")
    return value


def _proxies(value: str) -> str:
    """As it is, if it is `*` or addresses and networks with commas between."""
    if value.strip() == "*":
        return "*"
    for part in filter(None, (part.strip() for part in value.split(","))):
        try:
            network = ip_network(part)
        except ValueError:
            raise ValueError(f"{part!r} is no address and no network") from None
        if network.prefixlen == 0:
            raise ValueError(f"{part!r} is everybody, who could then claim any address")
    return value


BaseUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*[^\s/]$")]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_postgresql_url)]


class Settings(BaseSettings):
    """What can be set from outside; docs/cloud.md explains each. Times are in the named unit.

    `forwarded_allow_ips` are the proxies whose word on the client's address is believed. With `*`,
    every connection comes from one: then the last `platform_proxy_hops` addresses that proxies have
    added are theirs, and what stands before is the client's own word, which is not believed.
    """

    # An empty variable, as files of settings have them for what is not wanted, counts as not set.
    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    platform_environment: Literal["development", "staging", "production"] = "production"
    platform_database_url: DatabaseUrl
    platform_database_direct_url: DatabaseUrl | None = None
    platform_secret_key: SecretStr = SecretStr("")
    platform_previous_secret_key: SecretStr | None = None
    platform_public_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+[^\s]*$")] = (
        "http://127.0.0.1:8000"
    )
    platform_host: str = ""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    cors_origins: Annotated[str, AfterValidator(_origins)] = ""
    forwarded_allow_ips: Annotated[str, AfterValidator(_proxies)] = ""
    platform_proxy_hops: Annotated[int, Field(ge=1, le=10)] = 1

    platform_db_pool_min: Annotated[int, Field(ge=0, le=1_000)] = 1
    platform_db_pool_max: Annotated[int, Field(ge=1, le=1_000)] = 10
    platform_db_wait_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    platform_db_statement_seconds: Annotated[float, Field(gt=0, le=600)] = 10.0

    platform_access_token_seconds: Annotated[int, Field(ge=1, le=3_600)] = 600
    platform_session_idle_days: Annotated[int, Field(ge=1, le=365)] = 30
    platform_session_max_days: Annotated[int, Field(ge=1, le=3_650)] = 180
    platform_registrations_per_hour: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    platform_require_verified_email: bool = False
    platform_password_threads: Annotated[int, Field(ge=1, le=64)] = 2

    google_api_key: SecretStr | None = None
    groq_api_key: SecretStr | None = None
    openai_api_key: SecretStr | None = None
    google_genai_use_vertexai: bool = False
    google_vertex_base_url: BaseUrl | None = None
    google_gemini_base_url: BaseUrl = "https://generativelanguage.googleapis.com"
    groq_base_url: BaseUrl = "https://api.groq.com"
    openai_base_url: BaseUrl = "https://api.openai.com/v1"

    platform_daily_generations: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    platform_daily_generations_unverified: Annotated[int, Field(ge=0, le=1_000_000)] = 10
    platform_daily_tokens: Annotated[int, Field(ge=0, le=2**53)] = 2_000_000
    platform_daily_microdollars: Annotated[int, Field(ge=0, le=2**53)] = 2_000_000
    platform_answer_seconds: Annotated[float, Field(gt=0, le=600)] = 45.0
    platform_heartbeat_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0

    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    mail_from: str = "Backend Generator <no-reply@localhost>"
    mail_folder: str = ""

    platform_audit_days: Annotated[int, Field(ge=1, le=36_500)] = 400
    platform_run_details_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    platform_worker_in_process: bool = True
    platform_worker_concurrency: Annotated[int, Field(ge=1, le=100)] = 4

    platform_body_limit_bytes: Annotated[int, Field(ge=1_024, le=1_073_741_824)] = 4_194_304
    platform_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 5.0
    platform_shutdown_seconds: Annotated[int, Field(ge=1, le=300)] = 20
    platform_metrics_token: SecretStr | None = None
    otel_exporter_otlp_endpoint: BaseUrl | None = None
    otel_exporter_otlp_traces_endpoint: BaseUrl | None = None
    otel_traces_exporter: Literal["otlp", "none"] = "otlp"
    otel_sdk_disabled: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _protect(self) -> Self:
        """Outside development, nothing starts with a secret that anybody could know."""
        if self.platform_environment == "development":
            return self
        if not self.platform_secret_key.get_secret_value():
            raise ValueError("PLATFORM_SECRET_KEY is not set")
        for name in ("platform_secret_key", "platform_previous_secret_key"):
            value: SecretStr | None = getattr(self, name)
            weakness = weakness_of(value.get_secret_value()) if value is not None else None
            if weakness is not None:
                raise ValueError(f"{name.upper()} {weakness}")
        return self

    @model_validator(mode="after")
    def _let_people_in(self) -> Self:
        """Nobody could verify an address, or ever sign in, where no mail goes out."""
        if self.platform_require_verified_email and not (self.smtp_url or self.mail_folder):
            raise ValueError(
                "PLATFORM_REQUIRE_VERIFIED_EMAIL takes mail, and none would go out. "
                "Set SMTP_URL or MAIL_FOLDER too"
            )
        return self

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The present key first, then the one before it, if that is still to be accepted."""
        present = self.platform_secret_key.get_secret_value() or DEVELOPMENT_KEY
        previous = self.platform_previous_secret_key
        return (present,) if previous is None else (present, previous.get_secret_value())

    @property
    def platform_providers(self) -> list[Provider]:
        """The providers for which the platform has a key of its own, for all its users."""
        present: dict[Provider, bool] = {
            "gemini": self.google_api_key is not None,
            "groq": self.groq_api_key is not None,
            "openai": self.openai_api_key is not None,
        }
        return [provider for provider, there in present.items() if there]

    @property
    def traces_url(self) -> str | None:
        """Where traces go to, as OpenTelemetry's variables say; None where they go nowhere.

        https://opentelemetry.io/docs/specs/otel/protocol/exporter/: the address for all signals
        gets a path, that for traces is as it is.
        """
        if self.otel_sdk_disabled or self.otel_traces_exporter == "none":
            return None
        if self.otel_exporter_otlp_traces_endpoint is not None:
            return self.otel_exporter_otlp_traces_endpoint
        endpoint = self.otel_exporter_otlp_endpoint
        return None if endpoint is None else f"{endpoint}/v1/traces"

    @property
    def direct_url(self) -> str:
        """The address of PostgreSQL itself, for migrations and whatever needs a session."""
        return (self.platform_database_direct_url or self.platform_database_url).get_secret_value()

    @property
    def host(self) -> str:
        """The address to listen on: in development this machine alone may connect."""
        usual = "127.0.0.1" if self.platform_environment == "development" else "0.0.0.0"  # noqa: S104
        return self.platform_host or usual

    @property
    def origins(self) -> list[str]:
        """The origins of pages that may call the service from a browser."""
        return [origin.strip() for origin in self.cors_origins.split(",") if origin.strip()]


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` come first.

    Raises `SettingsError` with one line for every variable in question.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(e) for e in error.errors())) from None


def _explain(error: Any) -> str:
    """One validation error in words, without the refused value: it may be a secret."""
    name = ".".join(str(part) for part in error["loc"]).upper()
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "missing":
        text = f"{name} is not set"
    elif name:
        text = f"{name}: {message[:1].lower()}{message[1:]}"
    else:
        text, name = message, message.partition(" ")[0]
    advice = _ADVICE.get(name)
    return f"{text}. {advice}." if advice else f"{text}."
