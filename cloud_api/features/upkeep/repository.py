"""Statements that remove what has expired.

Most tables also lose a few expired rows with each insertion; this is for those that nobody writes
to for long.
"""

from __future__ import annotations

from datetime import timedelta

from cloud_api.database.pool import Connection, execute

_EXPIRED = {
    "sessions": "DELETE FROM sessions WHERE idle_expires_at <= now() OR expires_at <= now()",
    "mail_codes": "DELETE FROM mail_codes WHERE expires_at <= now()",
    "attempts": "DELETE FROM attempts WHERE last_at < now() - interval '1 day'",
    "rate_limits": "DELETE FROM rate_limits WHERE expires_at <= now()",
    "shares": "DELETE FROM shares WHERE expires_at < now() - interval '30 days'",
    "audit_events": "DELETE FROM audit_events WHERE at < now() - %(audit)s",
}


async def remove_expired(connection: Connection, audit: timedelta) -> dict[str, int]:
    """Remove what has expired, audit events after `audit`; how many rows of which table."""
    return {
        table: await execute(connection, sql, {"audit": audit}) for table, sql in _EXPIRED.items()
    }
