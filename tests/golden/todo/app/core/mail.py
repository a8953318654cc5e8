"""E-mail: queued with the change that it tells of, sent afterwards over SMTP.

`SMTP_URL` is `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…`.
Without it, mail is logged instead of sent: good for development, loud enough in production.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from procrastinate import Blueprint, JobContext

from .db import Connection
from .queue import RETRY, services_of

logger = logging.getLogger("app.mail")

tasks = Blueprint()

_TIMEOUT_SECONDS = 20.0


async def queue_email(connection: Connection, *, to: str, subject: str, text: str) -> None:
    """Send a mail when, and only when, the transaction of this connection is committed."""
    await send_email.configure(connection=connection).defer_async(to=to, subject=subject, text=text)


@tasks.task(name="send_email", retry=RETRY, pass_context=True)
async def send_email(context: JobContext, *, to: str, subject: str, text: str) -> None:
    """The task behind `queue_email`."""
    settings = services_of(context).settings
    message = compose(settings.mail_from, to, subject, text, message_id=str(context.job.id))
    if settings.smtp_url is None:
        logger.warning("SMTP_URL is not set: mail is not sent", extra={"subject": subject})
        return
    await asyncio.to_thread(_deliver, settings.smtp_url.get_secret_value(), message)


def compose(sender: str, to: str, subject: str, text: str, *, message_id: str) -> EmailMessage:
    """A mail as it goes out. A line end in the subject cannot begin a header of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(message_id, domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _deliver(url: str, message: EmailMessage) -> None:
    """Hand a mail to the server. Raises OSError or SMTPException: the task is tried again."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    tls = ssl.create_default_context()
    client: smtplib.SMTP
    if parts.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_TIMEOUT_SECONDS, context=tls)
    else:
        client = smtplib.SMTP(host, parts.port or 25, timeout=_TIMEOUT_SECONDS)
    with client:
        client.ehlo()
        if parts.scheme != "smtps" and client.has_extn("starttls"):
            client.starttls(context=tls)
            client.ehlo()
        if parts.username is not None:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message)
