"""The mails of accounts.

A task makes the code that it sends, so no code ever lies in the queue. Whether an account exists is
looked up here, not in the request: a request for an unknown address takes as long as any other.
"""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from cloud_api.database.pool import Connection
from cloud_api.features.accounts import mails, repository
from cloud_api.features.accounts.models import Purpose
from cloud_api.tasking import RETRY, services_of_task

tasks = Blueprint()


@tasks.task(name="mail_registered", retry=RETRY, pass_context=True)
async def mail_registered(context: JobContext, *, email: str, taken: bool) -> None:
    """Welcome a new account, or tell the owner of an old one that somebody tried to join."""
    services = services_of_task(context)
    if taken:
        await services.mailer.send(email, *mails.taken())
    else:
        await _mail_code(context, email, Purpose.VERIFY)


@tasks.task(name="mail_code", retry=RETRY, pass_context=True)
async def mail_code(context: JobContext, *, email: str, purpose: str) -> None:
    """Send a code to an address, if there is an account for it."""
    await _mail_code(context, email, Purpose(purpose))


async def queue_registered(connection: Connection, email: str, *, taken: bool) -> None:
    """Queue the mail after a registration, with the transaction of this connection."""
    task = mail_registered.configure(connection=connection)
    await task.defer_async(email=email, taken=taken)


async def queue_code(connection: Connection, email: str, purpose: Purpose) -> None:
    """Queue a mail with a code, with the transaction of this connection."""
    task = mail_code.configure(connection=connection)
    await task.defer_async(email=email, purpose=purpose.value)


async def _mail_code(context: JobContext, email: str, purpose: Purpose) -> None:
    services = services_of_task(context)
    user = await repository.find_by_email(services.database, email)
    if user is None or (purpose is Purpose.VERIFY and user.verified):
        return

    async def work(connection: Connection) -> str:
        return await repository.add_code(connection, user.id, purpose)

    code = await services.database.run(work)
    await services.mailer.send(user.email, *mails.with_code(purpose, code))
