"""What can be done with projects, and by whom."""

from __future__ import annotations

from uuid import UUID

from cloud_api.access.callers import Account
from cloud_api.database.pool import Connection
from cloud_api.features.projects import repository
from cloud_api.features.projects.models import RANKS
from cloud_api.security.rate_limit import RateLimit, limit_rate
from cloud_api.services import Services
from cloud_api.web.problems import conflict, forbidden, not_found
from local_engine.contracts.projects import NewProject, Project, ProjectPage, Role

_PUSHES = RateLimit("pushes by", 1_200, 3600)


async def require_role(
    connection: Connection, project: UUID, account: Account, least: Role
) -> Role:
    """What the account may do with a project, if that is enough.

    Raises 404 when it may not see the project, 403 when it may see it but not do this.
    """
    role = await repository.role_of(connection, project, account.id)
    if role is None:
        raise not_found()
    if RANKS[role] < RANKS[least]:
        raise forbidden(f"This takes the role {least}; yours in this project is {role}.")
    return role


async def limit_pushes(services: Services, account: Account) -> None:
    """Raises 429 for an account that stores more than anybody would."""
    await limit_rate(services.database, _PUSHES, str(account.id))


async def create(services: Services, account: Account, new: NewProject) -> Project:
    """A new project. Asked for again with the same id and name, it is the same one."""
    await limit_pushes(services, account)

    async def work(connection: Connection) -> Project:
        made = await repository.insert(connection, account.id, new.name, new.id)
        wanted = made or new.id
        row = await repository.read(connection, wanted, account.id) if wanted else None
        if row is None or (made is None and (row.role != "owner" or row.name != new.name)):
            raise conflict("taken", "There is a project with this id. Leave the id out.")
        return row.shown()

    return await services.database.run(work)


async def page(
    services: Services, account: Account, before: UUID | None, limit: int
) -> ProjectPage:
    """The projects that the account may see."""
    async with services.database.connection() as connection:
        found = await repository.list_seen(connection, account.id, before, limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return ProjectPage(projects=[row.shown() for row in shown], next=more)


async def read(services: Services, account: Account, project: UUID) -> Project:
    """A project that the account may see."""
    async with services.database.connection() as connection:
        row = await repository.read(connection, project, account.id)
    if row is None:
        raise not_found()
    return row.shown()


async def rename(services: Services, account: Account, project: UUID, name: str) -> Project:
    """Give a project another name; its owner may."""

    async def work(connection: Connection) -> None:
        await require_role(connection, project, account, "owner")
        await repository.rename(connection, project, name)

    await services.database.run(work)
    return await read(services, account, project)


async def delete(services: Services, account: Account, project: UUID) -> None:
    """Delete what the cloud keeps about a project; its owner may. Code is not in the cloud."""

    async def work(connection: Connection) -> None:
        await require_role(connection, project, account, "owner")
        await repository.delete(connection, project)

    await services.database.run(work)
