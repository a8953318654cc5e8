"""Statements about verification results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cloud_api.database.pool import Connection, fetch_all, fetch_row
from cloud_api.features.verifications.models import VerificationRow

_COLUMNS = """
    id, digest, commit, seed, passed, failed, inconclusive, seconds, verified_at, created_at,
    not_passed
"""
_INSERT = f"""
    INSERT INTO verifications (
        project_id, digest, commit, seed, passed, failed, inconclusive, seconds, verified_at,
        not_passed, created_by
    )
    VALUES (
        %(project)s, %(digest)s, %(commit)s, %(seed)s, %(passed)s, %(failed)s, %(inconclusive)s,
        %(seconds)s, %(verified_at)s, %(not_passed)s, %(user)s
    )
    RETURNING {_COLUMNS}
"""
_LIST = f"""
    SELECT {_COLUMNS} FROM verifications
    WHERE project_id = %(project)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
    ORDER BY id DESC
    LIMIT %(limit)s
"""


async def insert(
    connection: Connection, project: UUID, user: UUID, values: dict[str, Any]
) -> VerificationRow:
    """Keep a result; `values` by the names of the columns."""
    names = {**values, "project": project, "user": user}
    return VerificationRow(**await fetch_row(connection, _INSERT, names))


async def list_all(
    connection: Connection, project: UUID, before: UUID | None, limit: int
) -> list[VerificationRow]:
    """The results of a project, the newest first."""
    names = {"project": project, "before": before, "limit": limit}
    return [VerificationRow(**row) for row in await fetch_all(connection, _LIST, names)]
