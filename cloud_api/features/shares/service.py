"""Letting others in, and out again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from cloud_api.access import audit
from cloud_api.access.callers import Account, Caller, keep_signed_in
from cloud_api.database.pool import Connection
from cloud_api.features.projects import repository as projects
from cloud_api.features.projects.service import require_role
from cloud_api.features.shares import repository
from cloud_api.features.shares.tasks import queue_shared
from cloud_api.security.rate_limit import MAILS_PER_ADDRESS, RateLimit, limit_rate
from cloud_api.security.throttle import count_attempt, forgive, mail_code
from cloud_api.services import Services
from cloud_api.web.problems import conflict, forbidden, invalid, not_found
from local_engine.contracts.projects import NewShare, Project, SharedBy, Shares

_SHARES = RateLimit("shares by", 60, 3600)


async def give(
    services: Services, account: Account, caller: Caller, project: UUID, new: NewShare
) -> SharedBy:
    """Let somebody in; the project's owner may. An address gets a mail, a link its token."""
    if new.email == account.email:
        raise invalid("/email", "yourself", "This is your own address.")
    if new.email is not None and not account.verified:
        raise forbidden("Verify your own e-mail address first, or share by link.")
    await limit_rate(services.database, _SHARES, str(account.id))
    if new.email is not None:
        await limit_rate(services.database, MAILS_PER_ADDRESS, new.email)
    token = secrets.token_urlsafe(32) if new.email is None else None
    life = timedelta(days=new.expires_in_days) if new.expires_in_days is not None else None

    async def work(connection: Connection) -> SharedBy:
        await keep_signed_in(connection, account)
        await require_role(connection, project, account, "owner")
        row = await repository.put(
            connection, project, new.role, email=new.email, token=token, life=life
        )
        facts = {"project": str(project), "share": str(row.id), "role": new.role}
        await audit.record(connection, "share-given", account.id, caller, **facts)
        if new.email is not None:
            await _tell(connection, account, project, new.email, new.role)
        return SharedBy(share=row.shown(), token=token)

    return await services.database.run(work)


async def _tell(
    connection: Connection, account: Account, project: UUID, email: str, role: str
) -> None:
    shared = await projects.read(connection, project, account.id)
    if shared is not None:
        await queue_shared(
            connection, email=email, sender=account.email, name=shared.name, role=role
        )


async def list_all(services: Services, account: Account, project: UUID) -> Shares:
    """Who was let in; the project's owner may see it."""
    async with services.database.connection() as connection:
        await require_role(connection, project, account, "owner")
        found = await repository.list_all(connection, project)
    return Shares(shares=[row.shown() for row in found])


async def take_back(
    services: Services, account: Account, caller: Caller, project: UUID, share: UUID
) -> None:
    """End a share, for all who came by it; the project's owner may."""

    async def work(connection: Connection) -> None:
        await require_role(connection, project, account, "owner")
        if not await repository.delete(connection, project, share):
            raise not_found()
        facts = {"project": str(project), "share": str(share)}
        await audit.record(connection, "share-taken-back", account.id, caller, **facts)

    await services.database.run(work)


async def accept(services: Services, account: Account, caller: Caller, token: str) -> Project:
    """Come in by a link. Raises 422 for a token that is not good."""
    attempts = mail_code(caller.address)
    await count_attempt(services.database, attempts)

    async def work(connection: Connection) -> Project:
        project = await repository.accept(connection, account.id, token)
        if project is None:
            raise invalid("/token", "bad-token", "This link is not good any more. Ask for another.")
        await audit.record(connection, "share-accepted", account.id, caller, project=str(project))
        row = await projects.read(connection, project, account.id)
        if row is None:
            raise conflict("gone", "The project was deleted meanwhile.")
        return row.shown()

    shown = await services.database.run(work)
    await forgive(services.database, attempts)
    return shown


async def leave(services: Services, account: Account, project: UUID) -> None:
    """Give up a project that was shared; its owner cannot leave it, only delete it."""

    async def work(connection: Connection) -> None:
        role = await require_role(connection, project, account, "viewer")
        if role == "owner":
            raise forbidden("The project is yours: delete it instead.")
        await repository.leave(connection, project, account.id)

    await services.database.run(work)
