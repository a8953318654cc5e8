"""Where the cloud is: what counts as an address, and what is never sent in the clear."""

from __future__ import annotations

import pytest

from local_engine.account.address import DEVELOPMENT, VARIABLE, cloud_address
from local_engine.account.errors import AddressRefused


def test_the_environment_goes_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cloud_address() == DEVELOPMENT
    assert cloud_address("https://cloud.example.com/") == "https://cloud.example.com"
    monkeypatch.setenv(VARIABLE, "https://Staging.example.com/api/")
    assert cloud_address("https://cloud.example.com") == "https://staging.example.com/api"


@pytest.mark.parametrize(
    "text",
    ["http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:9", "https://cloud.example.com"],
)
def test_this_machine_and_tls_will_do(text: str) -> None:
    assert cloud_address(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://cloud.example.com", "in the clear"),
        ("http://127.0.0.1.example.com", "in the clear"),
        ("http://192.168.1.2:8000", "in the clear"),
        ("https://ada:hush@cloud.example.com", "no password"),
        ("https://cloud.example.com/?token=hush", "no password"),
        ("cloud.example.com", "no address"),
        ("ftp://cloud.example.com", "no address"),
        ("https://", "no address"),
        ("https://x:99999", "no address"),
        ("https://" + "x" * 600, "no address"),
    ],
)
def test_others_are_refused_without_their_secrets(text: str, words: str) -> None:
    with pytest.raises(AddressRefused, match=words) as refusal:
        cloud_address(text)
    assert "hush" not in str(refusal.value)
