"""E-mail over SMTP.

`SMTP_URL` is `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://…`.
Without it, mails are written into `MAIL_FOLDER`, which is what development does; without that too,
they are dropped, and the log says so.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from cloud_api.config.settings import Settings

_log = logging.getLogger("cloud.mail")
_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends mails from one sender, by the way that the settings name."""

    sender: str
    smtp_url: str | None
    folder: Path | None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The mailer for these settings."""
        url = settings.smtp_url
        return cls(
            sender=settings.mail_from,
            smtp_url=url.get_secret_value() if url is not None else None,
            folder=Path(settings.mail_folder) if settings.mail_folder else None,
        )

    async def send(self, to: str, subject: str, text: str) -> None:
        """Hand a mail over. Raises OSError or SMTPException: the caller may try again later."""
        message = compose(self.sender, to, subject, text)
        if self.smtp_url is not None:
            await asyncio.to_thread(_deliver, self.smtp_url, message)
        elif self.folder is not None:
            await asyncio.to_thread(_write, self.folder, message)
        else:
            _log.warning("a mail is dropped: set SMTP_URL", extra={"subject": subject})


def compose(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """A mail as it goes out. A line end in the subject cannot begin a header of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(usegmt=True)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["Message-ID"] = make_msgid(domain=domain or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _write(folder: Path, message: EmailMessage) -> None:
    """Keep a mail as a file that only its owner may read; the newest is the last by name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = sum(1 for _ in folder.glob("*.eml")) + 1
    while True:
        target = folder / f"{number:05d}.eml"
        try:
            target.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            number += 1
            continue
        target.write_bytes(bytes(message))
        return


def _deliver(url: str, message: EmailMessage) -> None:
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
