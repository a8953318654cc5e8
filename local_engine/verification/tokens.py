"""JSON Web Tokens as an attacker makes them: any header, any claims, any key."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

_HS256 = {"alg": "HS256", "typ": "JWT"}


def claims_of(token: str) -> dict[str, Any]:
    """What a token claims, unverified; raises ValueError when it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("not a JSON Web Token: it has not three parts")
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("not a JSON Web Token: its claims are not an object")
    return claims


def forge(claims: Mapping[str, Any], key: str, header: Mapping[str, str] | None = None) -> str:
    """A token with these claims, signed with HMAC-SHA256; header `HS256` unless given."""
    signed = f"{_part(header or _HS256)}.{_part(claims)}"
    signature = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_encode(signature)}"


def unsigned(claims: Mapping[str, Any], algorithm: str) -> str:
    """A token without a signature that says so in its header."""
    return f"{_part({'alg': algorithm, 'typ': 'JWT'})}.{_part(claims)}."


def _part(value: Mapping[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
