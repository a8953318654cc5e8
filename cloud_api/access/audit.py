"""The audit log: what happened to accounts and their secrets, for their owners and for operators.

An event is written in the transaction that it tells of, and to the log of the process. It names no
secret and no e-mail address, so it may outlive the account.
"""

from __future__ import annotations

import logging
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from cloud_api.access.callers import Caller
from cloud_api.database.pool import Connection, execute

_log = logging.getLogger("cloud.audit")

Kind = Literal[
    "registered",
    "signed-in",
    "sign-in-refused",
    "signed-out",
    "signed-out-everywhere",
    "session-revoked",
    "refresh-token-reused",
    "password-changed",
    "password-reset-asked",
    "password-reset",
    "email-verified",
    "account-exported",
    "account-deleted",
    "llm-key-stored",
    "llm-key-removed",
    "llm-key-tested",
    "share-given",
    "share-taken-back",
    "share-accepted",
]

_INSERT = """
    INSERT INTO audit_events (kind, user_id, address, request_id, details)
    VALUES (%(kind)s, %(user)s, %(address)s, %(request)s, %(details)s)
"""


async def record(
    connection: Connection, kind: Kind, user: UUID | None, caller: Caller, **details: Any
) -> None:
    """Write an event; it is kept if, and only if, the transaction of this connection commits."""
    names = {
        "kind": kind,
        "user": user,
        "address": caller.address,
        "request": caller.request_id,
        "details": Jsonb(details),
    }
    await execute(connection, _INSERT, names)
    facts = {"kind": kind, "user": user, "request_id": caller.request_id}
    _log.info("%s", kind, extra={**facts, **{f"about_{k}": v for k, v in details.items()}})
