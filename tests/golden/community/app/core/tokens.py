"""Access tokens: short-lived signed JWTs that carry the user's id and roles.

Nothing is looked up to check one, so a request costs no query for it. The price: a role that was
taken away, or an account that was deactivated, keeps its old rights until the token expires
(`ACCESS_TOKEN_SECONDS`). The algorithm is pinned, so `alg: none` and key confusion are refused.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from .actor import Actor
from .problem import unauthenticated

ALGORITHM = "HS256"
ISSUER = "app"
AUDIENCE = "app:access"

_REMEMBERED = 4_096

# The clocks of two replicas may differ by this much; it does not lengthen the life of a token.
_CLOCK_SKEW_SECONDS = 10


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token that was found good, until when (seconds since the epoch)."""

    actor: Actor
    expires: float


class AccessTokens:
    """Issues and verifies access tokens with one secret key."""

    def __init__(self, secret_key: str, life_seconds: int) -> None:
        self._key = secret_key
        self.life_seconds = life_seconds
        # A client sends the same token with every request: the signature is computed once. Only
        # tokens that were found good are kept, so strangers cannot fill the table.
        self._verified: dict[str, _Verified] = {}

    def issue(self, user: UUID, roles: Iterable[str], session: UUID) -> str:
        """A new token for this user and sign-in, good for `life_seconds`."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user),
            "sid": str(session),
            "roles": sorted(roles),
            "iat": now,
            "exp": now + self.life_seconds,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def verify(self, token: str) -> Actor:
        """The actor that a token stands for. Raises a 401 problem when it is not accepted."""
        known = self._verified.get(token)
        if known is None:
            known = self._check(token)
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[token] = known
        if known.expires <= time.time():
            self._verified.pop(token, None)
            raise unauthenticated("The access token has expired.", error="invalid_token")
        return known.actor

    def _check(self, token: str) -> _Verified:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "sid", "roles", "jti"]},
            )
            user = UUID(claims["sub"])
            session = UUID(claims["sid"])
            roles = frozenset(str(role) for role in claims["roles"])
        except jwt.ExpiredSignatureError:
            raise unauthenticated("The access token has expired.", error="invalid_token") from None
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise unauthenticated("The access token is not valid.", error="invalid_token") from None
        return _Verified(Actor.of(user, roles, session), float(claims["exp"]))
