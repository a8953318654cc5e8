"""Access tokens: signed JWTs (RFC 7519) that live ten minutes.

The algorithm, the issuer and the audience are pinned, so `alg: none`, key confusion and tokens of
other services are refused. The header names the key; while the platform's secret is being changed,
the previous one is accepted too.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from cloud_api.security.derivation import derive_key, key_id
from cloud_api.web.problems import Problem, unauthenticated

ALGORITHM = "HS256"
ISSUER = "backend-generator-cloud"
AUDIENCE = "backend-generator-cloud:access"
PURPOSE = "access tokens"

_REMEMBERED = 4_096

# The clocks of two replicas may differ by this much.
_CLOCK_SKEW_SECONDS = 10
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid", "jti"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says: which account, which of its sessions."""

    user: UUID
    session: UUID


class AccessTokens:
    """Issues access tokens with the first of the secrets, accepts those of all."""

    def __init__(self, secrets_: Sequence[str], life_seconds: int) -> None:
        self._keys = {key_id(secret, PURPOSE): derive_key(secret, PURPOSE) for secret in secrets_}
        self._present = key_id(secrets_[0], PURPOSE)
        self.life_seconds = life_seconds
        # A client sends the same token with every request: the signature is computed once. Only
        # tokens that were found good are kept, so strangers cannot fill the table.
        self._verified: dict[str, tuple[Claims, float]] = {}

    def issue(self, user: UUID, session: UUID) -> str:
        """A new token for this account and session, good for `life_seconds`."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user),
            "sid": str(session),
            "iat": now,
            "exp": now + self.life_seconds,
            "jti": secrets.token_urlsafe(12),
        }
        key = self._keys[self._present]
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": self._present})

    def verify(self, token: str) -> Claims:
        """What a token says. Raises a 401 problem when it is not accepted."""
        known = self._verified.get(token)
        if known is None:
            known = self._check(token)
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[token] = known
        claims, expires = known
        if expires <= time.time():
            self._verified.pop(token, None)
            raise refused("The access token has expired.")
        return claims

    def _check(self, token: str) -> tuple[Claims, float]:
        """What a token says, and until when (seconds since the epoch)."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": _REQUIRED},
            )
            return Claims(UUID(claims["sub"]), UUID(claims["sid"])), float(claims["exp"])
        except jwt.ExpiredSignatureError:
            raise refused("The access token has expired.") from None
        except (jwt.InvalidTokenError, LookupError, ValueError, TypeError, AttributeError):
            raise refused("The access token is not valid.") from None


def refused(detail: str) -> Problem:
    """401 for a token that is not accepted."""
    return unauthenticated(detail, error="invalid_token")
