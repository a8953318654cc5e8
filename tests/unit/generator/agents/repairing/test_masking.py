"""Secrets that people write into code are not shown to a model."""

from __future__ import annotations

import pytest

from local_engine.generator.agents.repairing.masking import mask


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('password = "password"', '"password"'),
        ("API_KEY: str = 'a1b2c3d4'", "a1b2c3d4"),
        ('{"client_secret": "s3cr3t!"}', "s3cr3t!"),
        ("url = 'postgresql://me:hunter2@host/db'", "hunter2"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ("sk-proj-abcdefghijklmnop", "abcdefghijklmnop"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "eyJzdWIiOiIx"),
        ("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"),
    ],
)
def test_a_secret_is_hidden_and_comes_back(text: str, secret: str) -> None:
    masked = mask(text)
    assert secret not in masked.text
    assert "HIDDEN_1_" in masked.text
    assert masked.restored(masked.text) == text


@pytest.mark.parametrize(
    "text", ["total = price * 3", 'raise Problem(409, "token-used", "It is used.")', "a:b@c"]
)
def test_ordinary_code_stays(text: str) -> None:
    assert mask(text).text == text


def test_a_placeholder_in_the_text_is_never_taken_for_a_secret() -> None:
    masked = mask('HIDDEN_1_ = 1\ntoken = "abcdef"')
    assert masked.text == 'HIDDEN_1_ = 1\ntoken = "HIDDEN_2_"'
    assert (
        masked.restored('HIDDEN_1_ = 1\ntoken = "HIDDEN_2_"') == 'HIDDEN_1_ = 1\ntoken = "abcdef"'
    )
