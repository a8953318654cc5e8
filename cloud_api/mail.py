"""E-mail over SMTP.

`SMTP_URL` is `smtp://user:password@host:587` (with STARTTLS) or `smtps://…`. Outside development
nothing leaves this machine in the clear: a server that offers no STARTTLS is refused.
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
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class MailError(Exception):
    """A mail was not handed over; the text says why, and names nobody."""


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends mails from one sender, by the way that the settings name."""

    sender: str
    smtp_url: str | None
    folder: Path | None
    in_the_clear: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The mailer for these settings."""
        url = settings.smtp_url
        return cls(
            sender=settings.mail_from,
            smtp_url=url.get_secret_value() if url is not None else None,
            folder=Path(settings.mail_folder) if settings.mail_folder else None,
            in_the_clear=settings.platform_environment == "development",
        )

    async def send(self, to: str, subject: str, text: str) -> None:
        """Hand a mail over. Raises `MailError`: the caller may try again later."""
        message = compose(self.sender, to, subject, text)
        if self.smtp_url is not None:
            try:
                await asyncio.to_thread(_deliver, self.smtp_url, message, self.in_the_clear)
            except (OSError, smtplib.SMTPException) as error:
                # The error's own text and trace hold the address, and often half of the mail.
                raise MailError(_reason(error)) from None
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


def _deliver(url: str, message: EmailMessage, in_the_clear: bool) -> None:
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
        elif parts.scheme != "smtps" and not in_the_clear and host not in _THIS_MACHINE:
            raise MailError(
                "the mail server offers no STARTTLS: use smtps://, or let it offer that"
            )
        if parts.username is not None:
            client.login(unquote(parts.username), unquote(parts.password or ""))
        client.send_message(message)


def _reason(error: Exception) -> str:
    """Why a mail server did not take a mail, without the addresses and texts that it repeats."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            codes = ", ".join(sorted({str(code) for code, _ in refused.values()}))
            return f"the mail server refused the recipient ({codes})"
        case smtplib.SMTPResponseException(smtp_code=code):
            return f"the mail server refused the mail ({type(error).__name__}, {code})"
        case OSError(strerror=str(text)):
            return f"the mail server cannot be reached ({text})"
        case _:
            return f"the mail server cannot be talked to ({type(error).__name__})"
