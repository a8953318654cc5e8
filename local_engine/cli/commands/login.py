"""`register`, `login`, `logout` and `whoami`: the user's account in the cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_engine.cli.cloud_account import account, asked_email, asked_secret, require_lasting
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.program import command

if TYPE_CHECKING:
    from local_engine.contracts.accounts import Me


def register(email: str | None, output: Output) -> int:
    """Ask the cloud for an account."""
    given = asked_email(email, output)
    with account(output) as cloud:
        answer = cloud.register(given, asked_secret("Password", twice=True))
        output.line(answer.detail)
        output.line(f"Sign in: {command('login', answer.email)}")
        output.finish({"cloud": cloud.address, "registered": answer.email})
    return ExitCode.OK


def login(email: str | None, output: Output) -> int:
    """Sign this machine in; whoever was signed in before is signed out."""
    require_lasting(output)
    given = asked_email(email, output)
    with account(output) as cloud:
        me = cloud.sign_in(given, asked_secret("Password"))
        output.line(f"Signed in as {me.email}.")
        output.finish({"cloud": cloud.address, "signed_in": _facts(me)})
    return ExitCode.OK


def logout(everywhere: bool, output: Output) -> int:
    """Sign this machine out, or all devices."""
    with account(output) as cloud:
        email = cloud.signed_in_as()
        told = True
        if everywhere:
            cloud.sign_out_everywhere()
        else:
            told = cloud.sign_out()
        output.line(f"Signed out {email}{' on all devices' if everywhere else ''}.")
        if not told:
            output.line(
                "! the cloud could not be told: its list of devices shows this one for a time",
                "yellow",
            )
        output.finish({"cloud": cloud.address, "signed_out": email, "told": told})
    return ExitCode.OK


def whoami(output: Output) -> int:
    """Say who is signed in, and where."""
    with account(output) as cloud:
        me = cloud.me()
        output.field("Signed in", me.email)
        if not me.email_verified:
            output.field("", "the address is not verified yet: see the mail to it")
        output.field("Cloud", cloud.address)
        output.finish({"cloud": cloud.address, "signed_in": _facts(me)})
    return ExitCode.OK


def _facts(me: Me) -> dict[str, Any]:
    return me.model_dump(mode="json")
