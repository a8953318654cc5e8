"""The mail to somebody with whom a project was shared."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from cloud_api.database.pool import Connection
from cloud_api.tasking import RETRY, services_of_task

tasks = Blueprint()

_TEXT = """{sender} shares the project “{name}” with you on Backend Generator; your role: {role}.

To see it, sign in to the app with this address. If you have no account, join with this address and
show with the code that we then mail you that it is yours. Never enter a code that came unasked.
"""


@tasks.task(name="mail_shared", retry=RETRY, pass_context=True)
async def mail_shared(
    context: JobContext, *, email: str, sender: str, name: str, role: str
) -> None:
    """Tell somebody of a share."""
    text = _TEXT.format(sender=sender, name=name, role=role)
    subject = f"A project is shared with you: {name}"
    await services_of_task(context).mailer.send(email, subject, text)


async def queue_shared(
    connection: Connection, *, email: str, sender: str, name: str, role: str
) -> None:
    """Queue the mail, with the transaction of this connection."""
    task = mail_shared.configure(connection=connection)
    await task.defer_async(email=email, sender=sender, name=name, role=role)
