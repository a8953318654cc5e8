"""From a request to its actor, and the refusals that need no look at a row."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from .actor import ANONYMOUS, Actor
from .problem import forbidden, not_found, unauthenticated
from .services import services


def authenticate(request: Request) -> Actor:
    """The actor of a request; anonymous without an Authorization header.

    Raises a 401 problem for a header or token that is not accepted, on public routes too: a client
    that believes itself signed in should learn that it is not, rather than be shown less.
    """
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("Send the access token as: Authorization: Bearer TOKEN.")
    actor = services(request).tokens.verify(token)
    request.scope["actor"] = actor
    return actor


def require_signed_in(actor: Actor) -> UUID:
    """The id of the signed-in user. Raises a 401 problem for nobody."""
    if actor.id is None:
        raise unauthenticated()
    return actor.id


def require_role(actor: Actor, *roles: str) -> UUID:
    """The id of the user, who has one of these roles. Raises 401 for nobody, 403 for others."""
    user = require_signed_in(actor)
    if not actor.has_role(*roles):
        raise forbidden()
    return user


def parse_id(text: str) -> UUID:
    """An id from the path. What is no id names no row: a 404 problem."""
    # UUID() also reads braces, URNs and text without hyphens; a row has one address only.
    if len(text) != 36:
        raise not_found()
    try:
        return UUID(text)
    except ValueError:
        raise not_found() from None
