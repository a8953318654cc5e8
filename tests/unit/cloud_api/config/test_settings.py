"""Settings are refused in words that say which variable, what is wrong with it, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from cloud_api.config.secret_keys import DEVELOPMENT_KEY
from cloud_api.config.settings import Settings, SettingsError, load_settings

URL = "postgresql://u:p-a-s-s@db.example/x"
STRONG = "K7v9sQ2mX4bN8cR1tY6uW3eZ5aD0fG+h/JkLpMoI"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refusal(**chosen: Any) -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings(**chosen)
    return str(refused.value)


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", "PLATFORM_SECRET_KEY is not set"),
        ("short", "has 5 characters; it needs 32 at least"),
        ("your-secret-key-here-0123456789-abcdefgh", "looks like a placeholder"),
        ("ab" * 20, "repeats a few characters"),
        (DEVELOPMENT_KEY, "the key for development"),
    ],
)
def test_a_weak_secret_is_refused_outside_development(environment: str, key: str, why: str) -> None:
    text = refusal(
        platform_environment=environment, platform_database_url=URL, platform_secret_key=key
    )
    assert why in text
    assert "openssl rand -base64 48" in text
    assert not key or key not in text


def test_a_weak_previous_secret_is_refused_too() -> None:
    text = refusal(
        platform_database_url=URL,
        platform_secret_key=STRONG,
        platform_previous_secret_key="old",
    )
    assert "PLATFORM_PREVIOUS_SECRET_KEY has 3 characters" in text


def test_nothing_set_means_production() -> None:
    settings = load_settings(platform_database_url=URL, platform_secret_key=STRONG)
    assert settings.platform_environment == "production"
    assert settings.host == "0.0.0.0"


def test_development_needs_no_secret_and_lets_this_machine_alone_in() -> None:
    settings = load_settings(platform_environment="development", platform_database_url=URL)
    assert settings.secret_keys == (DEVELOPMENT_KEY,)
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize("value", ["0.0.0.0/0", "10.0.0.1/8", "proxy.example", "10.0.0.1, *"])
def test_proxies_that_nobody_could_be_sure_of_are_refused(value: str) -> None:
    text = refusal(
        platform_environment="development",
        platform_database_url=URL,
        forwarded_allow_ips=value,
    )
    assert "FORWARDED_ALLOW_IPS" in text
    assert "10.0.0.0/8" in text


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_DATABASE_URL", URL)
    monkeypatch.setenv("PLATFORM_SECRET_KEY", STRONG)
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("CORS_ORIGINS", "https://app.example, app://local")
    settings = load_settings()
    assert settings.port == 9000
    assert settings.origins == ["https://app.example", "app://local"]
    assert settings.direct_url == URL
    assert settings.secret_keys == (STRONG,)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty token would open the metrics; an empty key would offer its provider."""
    monkeypatch.setenv("PLATFORM_DATABASE_URL", URL)
    monkeypatch.setenv("PLATFORM_SECRET_KEY", STRONG)
    for name in ("PLATFORM_METRICS_TOKEN", "GOOGLE_API_KEY", "SMTP_URL", "PORT"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert settings.platform_metrics_token is None
    assert settings.platform_providers == []
    assert settings.smtp_url is None
    assert settings.port == 8000


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, ["PLATFORM_DATABASE_URL is not set", "postgresql://USER:PASSWORD@HOST"]),
        ({"platform_database_url": "mysql://p-a-s-s@x"}, ["PLATFORM_DATABASE_URL: must be a URL"]),
        (
            {"platform_database_url": "postgresql://u:p-a-s-s%zz@db.example/x"},
            ["PLATFORM_DATABASE_URL: cannot be read; percent-encode the password"],
        ),
        (
            {"platform_database_direct_url": "postgresql://u:p-a-s-s/x@db.example/x"},
            ["PLATFORM_DATABASE_DIRECT_URL: cannot be read; percent-encode the password"],
        ),
        (
            {"platform_database_url": "postgresql://u:x@p-a-s-s@db.example/x"},
            ["PLATFORM_DATABASE_URL: cannot be read; percent-encode the password"],
        ),
        (
            {"platform_require_verified_email": True},
            ["PLATFORM_REQUIRE_VERIFIED_EMAIL takes mail", "Set SMTP_URL or MAIL_FOLDER"],
        ),
        ({"cors_origins": "app.example"}, ["CORS_ORIGINS: 'app.example' is no origin"]),
        ({"smtp_url": "mail.example"}, ["SMTP_URL: must be a URL", "smtps://"]),
        ({"port": 70_000}, ["PORT: input should be less than or equal to 65535"]),
    ],
)
def test_each_refusal_names_its_variable(chosen: dict[str, Any], words: list[str]) -> None:
    usual = {"platform_environment": "development"}
    if chosen:
        usual["platform_database_url"] = URL
    text = refusal(**{**usual, **chosen})
    for word in words:
        assert word in text
    assert "p-a-s-s" not in text


def test_secrets_are_not_shown() -> None:
    settings = load_settings(platform_database_url=URL, platform_secret_key=STRONG)
    assert STRONG not in repr(settings)
    assert "p-a-s-s" not in repr(settings)


@pytest.mark.parametrize(
    ("chosen", "url"),
    [
        ({}, None),
        ({"otel_exporter_otlp_endpoint": "http://c:4318"}, "http://c:4318/v1/traces"),
        ({"otel_exporter_otlp_traces_endpoint": "http://t/x"}, "http://t/x"),
        ({"otel_exporter_otlp_endpoint": "http://c:4318", "otel_sdk_disabled": True}, None),
        ({"otel_exporter_otlp_endpoint": "http://c:4318", "otel_traces_exporter": "none"}, None),
    ],
)
def test_traces_go_where_opentelemetry_says(chosen: dict[str, Any], url: str | None) -> None:
    base = {"platform_environment": "development", "platform_database_url": URL}
    assert load_settings(**base, **chosen).traces_url == url


def test_platform_has_a_provider_only_with_a_key_for_it() -> None:
    base = {"platform_environment": "development", "platform_database_url": URL}
    assert load_settings(**base, google_genai_use_vertexai=True).platform_providers == []
    assert load_settings(**base, google_api_key="k").platform_providers == ["gemini"]
