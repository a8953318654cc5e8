"""Idempotency-Key: a repeated creation or operation is done once and answered alike.

The answer is stored in the transaction that made it, so there is no moment in which the one exists
without the other. Keys are per user and address, kept 24 hours; refusals are not stored, because
they changed nothing and may be tried again. Without a signed-in user the header has no meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .actor import Actor
from .body import Body
from .db import Connection, Parameters, execute, fetch_one
from .problem import FieldError, conflict, malformed
from .services import database

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

_LOCK = (
    "SELECT pg_try_advisory_xact_lock(hashtextextended(%(user)s::text || %(route)s || %(key)s, 0))"
)

_FIND = """
    SELECT request_digest, status, headers, body
    FROM idempotency_keys
    WHERE user_id = %(user)s AND route = %(route)s AND key = %(key)s
      AND created_at > now() - interval '24 hours'
"""

_STORE = """
    INSERT INTO idempotency_keys (user_id, route, key, request_digest, status, headers, body)
    VALUES (%(user)s, %(route)s, %(key)s, %(digest)s, %(status)s, %(headers)s, %(body)s)
    ON CONFLICT (user_id, route, key) DO UPDATE
    SET request_digest = excluded.request_digest, status = excluded.status,
        headers = excluded.headers, body = excluded.body, created_at = now()
"""

# A few expired keys go with every new one, so the table stays small without a job of its own.
_PURGE = """
    DELETE FROM idempotency_keys
    WHERE ctid IN (
        SELECT ctid FROM idempotency_keys
        WHERE created_at <= now() - interval '24 hours'
        LIMIT 10
        FOR UPDATE SKIP LOCKED
    )
"""


async def run_once(
    request: Request,
    actor: Actor,
    body: Body[Any],
    work: Callable[[Connection], Awaitable[Response]],
    *,
    required: bool = False,
) -> Response:
    """Run `work` in a transaction and return its answer; the stored one for a repeated key.

    `work` opens the body after it has decided on access; it is then that a missing key (400, if it
    is `required`) and a strange one (422) are told. Raises a 409 problem when the key was used with
    another body, or is in use right now.
    """
    key = request.headers.get("idempotency-key")
    if key is None and required:
        body.refuse(malformed("Send an Idempotency-Key, so that nothing is done twice."))
    elif key is not None and not _KEY.fullmatch(key):
        message = "Give 1 to 255 visible ASCII characters."
        body.complain(FieldError("/header/Idempotency-Key", "invalid", message))
        key = None
    if key is None or actor.id is None:
        return await database(request).run(work)
    route = f"{request.method} {request.url.path}"
    names = {"user": actor.id, "route": route, "key": key}

    async def once(connection: Connection) -> Response:
        await _claim(connection, names)
        stored = await fetch_one(connection, _FIND, names)
        if stored is not None:
            return _replay(stored, body)
        response = await work(connection)
        await execute(connection, _PURGE, {})
        await execute(connection, _STORE, {**names, **_stored(response, body)})
        return response

    return await database(request).run(once)


async def _claim(connection: Connection, names: Parameters) -> None:
    """Keep the key until the transaction ends. Raises a 409 problem when somebody else has it."""
    row = await fetch_one(connection, _LOCK, names)
    if row is None or not row[0]:
        raise conflict(
            "in-progress",
            "A request with this Idempotency-Key is being handled right now.",
            headers={"retry-after": "1"},
        )


def _stored(response: Response, body: Body[Any]) -> dict[str, Any]:
    headers = [[n.decode("latin-1"), v.decode("latin-1")] for n, v in response.raw_headers]
    return {
        "digest": body.digest(),
        "status": response.status_code,
        "headers": json.dumps(headers),
        "body": bytes(response.body),
    }


def _replay(stored: tuple[Any, ...], body: Body[Any]) -> Response:
    digest, status, headers, content = stored
    if digest != body.digest():
        body.require_readable()
        raise conflict(
            "key-reused", "This Idempotency-Key was used with another body. Take a new key."
        )
    response = Response(content, status_code=status)
    response.raw_headers = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers]
    response.headers["idempotency-replayed"] = "true"
    return response
