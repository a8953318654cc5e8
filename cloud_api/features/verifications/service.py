"""Keeping and giving verification results."""

from __future__ import annotations

from uuid import UUID

from psycopg.types.json import Jsonb

from cloud_api.access.callers import Account
from cloud_api.database.pool import Connection
from cloud_api.features.blueprints import repository as blueprints
from cloud_api.features.projects.service import limit_pushes, require_role
from cloud_api.features.verifications import repository
from cloud_api.services import Services
from cloud_api.web.problems import conflict
from local_engine.contracts.projects import NewVerification, Verification, VerificationPage


async def push(
    services: Services, account: Account, project: UUID, new: NewVerification
) -> Verification:
    """Keep a result of a Blueprint that was pushed; an editor may."""
    await limit_pushes(services, account)
    digest = bytes.fromhex(new.digest)
    values = new.model_dump(exclude={"digest", "not_passed"})
    values["digest"] = digest
    values["not_passed"] = Jsonb([check.model_dump() for check in new.not_passed])

    async def work(connection: Connection) -> Verification:
        await require_role(connection, project, account, "editor")
        if not await blueprints.has_text(connection, project, digest):
            raise conflict("no-such-blueprint", "The Blueprint is not here. Push it first.")
        return (await repository.insert(connection, project, account.id, values)).shown()

    return await services.database.run(work)


async def page(
    services: Services, account: Account, project: UUID, before: UUID | None, limit: int
) -> VerificationPage:
    """The results of a project; a viewer may."""
    async with services.database.connection() as connection:
        await require_role(connection, project, account, "viewer")
        found = await repository.list_all(connection, project, before, limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return VerificationPage(verifications=[row.shown() for row in shown], next=more)
