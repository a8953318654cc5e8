"""No secret leaves the verifier."""

import json

import pytest

from local_engine.verification.actors import Actor
from local_engine.verification.http import Exchange, Request, Response, mask
from local_engine.verification.masking import mask_body, mask_header, mask_text

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("Authorization", f"Bearer {TOKEN}", "Bearer ***"),
        ("authorization", "garbage", "***"),
        ("Cookie", "session=abc", "***"),
        ("Set-Cookie", "session=abc; HttpOnly", "***"),
        ("X-Other", f"see {TOKEN}", "see ***"),
        ("ETag", '"1"', '"1"'),
    ],
)
def test_headers(name: str, value: str, masked: str) -> None:
    assert mask_header(name, value) == masked


def test_secret_values_in_json_at_every_depth() -> None:
    body = {"email": "a@b.c", "list": [{"password": "p"}], "refresh_token": "r", "token": None}

    masked = json.loads(mask_body(json.dumps(body).encode(), "application/json; charset=utf-8"))

    assert masked == {
        "email": "a@b.c",
        "list": [{"password": "***"}],
        "refresh_token": "***",
        "token": None,
    }


def test_a_form_and_broken_json() -> None:
    form = b"grant_type=password&username=a%40b.c&password=p%26q"

    assert mask_body(form, "application/x-www-form-urlencoded").endswith(b"&password=***")
    assert mask_body(f'{{"a": "{TOKEN}'.encode(), "application/json") == b'{"a": "***'
    assert mask_text(f"?token={TOKEN}&b") == "?token=***&b"


def test_bytes_that_are_no_text_stay() -> None:
    assert mask_body(b"\xff\x00", "application/json") == b"\xff\x00"
    assert mask_body(b"\x89PNG", "image/png") == b"\x89PNG"


def test_an_exchange_as_a_whole() -> None:
    actor = Actor("owner", "1", TOKEN, {"email": "a@b.c"}, "secret password")
    request = Request("GET", "/x", (("Authorization", f"Bearer {TOKEN}"),), b"", actor)
    answer = Response(200, (("content-type", "application/json"),), b'{"access_token": "t"}')

    masked = mask(Exchange(request, answer))

    assert TOKEN not in str(masked.request)
    assert masked.request.actor.token is None
    assert masked.request.actor.password == ""
    assert masked.response.body == b'{"access_token": "***"}'
