"""Secrets are cut out of whatever leaves the verifier: reports, events, reproductions."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

MASK = "***"

_SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_SECRET_KEYS = frozenset(
    {
        "access_token",
        "current_password",
        "invitation",
        "new_password",
        "password",
        "password_hash",
        "refresh_token",
        "secret",
        "token",
    }
)
_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_SCHEME = re.compile(r"^(Bearer|Basic) .*$", re.IGNORECASE | re.DOTALL)


def mask_header(name: str, value: str) -> str:
    """The header's value without its secret; the scheme of `Authorization` stays."""
    if name.lower() not in _SECRET_HEADERS:
        return mask_text(value)
    return _SCHEME.sub(rf"\1 {MASK}", value) if _SCHEME.match(value) else MASK


def mask_text(text: str) -> str:
    """The text without anything that looks like a signed token."""
    return _TOKEN.sub(MASK, text)


def mask_value(value: Any) -> Any:
    """A JSON value in which the values of secret keys are masked, at every depth."""
    if isinstance(value, dict):
        return {
            key: MASK if key in _SECRET_KEYS and isinstance(inner, str) else mask_value(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    return mask_text(value) if isinstance(value, str) else value


def mask_body(body: bytes, content_type: str) -> bytes:
    """A request's or answer's body without its secrets; what cannot be parsed is kept as it is."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        masked = [(key, MASK if key in _SECRET_KEYS else value) for key, value in pairs]
        return urlencode(masked, safe="*").encode()
    if "json" not in content_type:
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return mask_text(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    masked_value = mask_value(value)
    return body if masked_value == value else json.dumps(masked_value, ensure_ascii=False).encode()
