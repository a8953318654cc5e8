"""Keeping and giving Blueprint versions."""

from __future__ import annotations

import hashlib
from uuid import UUID

from cloud_api.access.callers import Account
from cloud_api.database.pool import Connection
from cloud_api.features.blueprints import repository
from cloud_api.features.projects import repository as projects
from cloud_api.features.projects.service import limit_pushes, require_role
from cloud_api.services import Services
from cloud_api.web.problems import conflict, invalid, not_found
from local_engine.contracts.projects import (
    BlueprintText,
    BlueprintVersion,
    BlueprintVersionPage,
    NewBlueprintVersion,
)


async def push(
    services: Services, account: Account, project: UUID, new: NewBlueprintVersion
) -> BlueprintVersion:
    """Keep a version; the same id again is the same version, a new id a new one. An editor may.

    The text is not looked into: a newer engine may say more in it than this cloud understands.
    """
    if hashlib.sha256(new.text.encode()).hexdigest() != new.digest:
        raise invalid("/digest", "wrong-digest", "This is not the SHA-256 digest of the text.")
    await limit_pushes(services, account)
    digest = bytes.fromhex(new.digest)
    parent = bytes.fromhex(new.parent) if new.parent is not None else None

    async def work(connection: Connection) -> BlueprintVersion:
        await require_role(connection, project, account, "editor")
        if parent is not None and not await repository.has_text(connection, project, parent):
            raise conflict("no-such-parent", "The parent is not here. Push it first.")
        await repository.keep_text(connection, project, digest, new.text)
        row = await repository.insert(
            connection,
            project,
            account.id,
            version=new.id,
            digest=digest,
            parent=parent,
            title=new.title,
            origin=new.origin.model_dump(),
        )
        if row is None:
            raise conflict("id-taken", "Another version of the project has this id.")
        await projects.touch(connection, project)
        return row.shown()

    return await services.database.run(work)


async def page(
    services: Services, account: Account, project: UUID, before: UUID | None, limit: int
) -> BlueprintVersionPage:
    """The versions of a project; a viewer may."""
    async with services.database.connection() as connection:
        await require_role(connection, project, account, "viewer")
        found = await repository.list_all(connection, project, account.id, before, limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return BlueprintVersionPage(versions=[row.shown() for row in shown], next=more)


async def read_text(
    services: Services, account: Account, project: UUID, digest: str
) -> BlueprintText:
    """The text behind a digest; a viewer may."""
    async with services.database.connection() as connection:
        await require_role(connection, project, account, "viewer")
        text = await repository.text_of(connection, project, bytes.fromhex(digest))
    if text is None:
        raise not_found()
    return BlueprintText(digest=digest, text=text)
