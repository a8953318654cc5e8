"""Who may come in where no row is looked at but the tenant of the path."""

from __future__ import annotations

from ..core.db import Connection, Database, Parameters
from ..core.problem import forbidden
from .guards import require_row


async def require_admitted(where: Database | Connection, sql: str, parameters: Parameters) -> None:
    """The statement finds the tenant for its members, and says whether the actor may go on.

    Raises a 404 problem for whoever is no member, 403 for a member who may not do this.
    """
    row = await require_row(where, sql, parameters)
    if not row[0]:
        raise forbidden()
