"""Mails leave by SMTP, never in the clear, and a refusal names nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller
from receiving import Mailbox, mail_server

from cloud_api.mail import Mailer, MailError
from local_engine.runtime.ports import free_port

ADDRESS = "ada@example.com"


def send(mailer: Mailer) -> None:
    asyncio.run(mailer.send(ADDRESS, "Hello", "A code: 123"))


def refusal(mailer: Mailer) -> str:
    with pytest.raises(MailError) as refused:
        send(mailer)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_nothing_leaves_the_machine_in_the_clear() -> None:
    """A server elsewhere that offers no STARTTLS gets nothing outside development."""
    # Any address in 127.0.0.0/8 is reached; the usual one alone counts as this machine.
    mailbox = Mailbox(f"smtp://127.0.0.2:{free_port()}")
    port = int(mailbox.url.rpartition(":")[2])
    controller = Controller(mailbox, hostname="127.0.0.2", port=port)
    controller.start()
    try:
        mailer = Mailer("us@example.com", mailbox.url, None)
        assert "offers no STARTTLS: use smtps://" in refusal(mailer)
        assert mailbox.mails == []
        send(replace(mailer, in_the_clear=True))
        assert len(mailbox.mails) == 1
    finally:
        controller.stop()


def test_a_relay_on_this_machine_needs_no_tls() -> None:
    with mail_server() as mailbox:
        send(Mailer("us@example.com", mailbox.url, None))
    assert b"A code: 123" in mailbox.mails[0]


def test_a_refusal_says_why_and_names_nobody() -> None:
    with mail_server() as mailbox:
        mailbox.answers.append(f"550 there is no {ADDRESS}")
        mailer = Mailer("us@example.com", mailbox.url, None)
        assert refusal(mailer) == "the mail server refused the mail (SMTPDataError, 550)"
    assert refusal(mailer) == "the mail server cannot be reached (Connection refused)"
