"""The user's account in the cloud for commands: opened, asked for passwords, refused in words."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from local_engine.cli.asking import may_ask
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.program import command

if TYPE_CHECKING:
    from local_engine.account import Account, CloudError
    from local_engine.secrets import Secrets

_USAGE = ("invalid", "cloud-address")
_ENVIRONMENT = ("cloud-unreachable", "cloud-slow", "cloud-not-understood", "cloud-busy", "locked")


@contextmanager
def account(output: Output) -> Iterator[Account]:
    """The account at the address in force. Raises CommandError for what the block cannot do."""
    from local_engine.account import Account, CloudError, cloud_address
    from local_engine.runtime.home import engine_home

    try:
        address = cloud_address(cloud_setting())
        secrets = open_secrets(output)
        opened = Account(engine_home(), secrets, address)
        try:
            yield opened
        finally:
            opened.close()
    except CloudError as error:
        raise command_error(error) from None


def cloud_setting() -> str | None:
    """The cloud's address that was set in the window, if any was."""
    from local_engine.jobs.settings import SettingsStore
    from local_engine.runtime.home import engine_home

    return SettingsStore(engine_home()).read().cloud_url or None


def command_error(error: CloudError) -> CommandError:
    """What the cloud, or the way to it, refuses, as the end of a command."""
    hint = error.hint
    if error.code == "signed-out":
        hint = f"sign in: {command('login', 'you@example.com')}"
    code = ExitCode.FAILED
    if error.code in _USAGE:
        code = ExitCode.USAGE
    elif error.code in _ENVIRONMENT:
        code = ExitCode.ENVIRONMENT
    return CommandError(error.message, hint=hint, code=code)


def open_secrets(output: Output) -> Secrets:
    """The user's secrets; a person is asked for the passphrase of a locked file."""
    from local_engine.runtime.home import engine_home
    from local_engine.secrets import Secrets, SecretsRefused

    secrets = Secrets(engine_home())
    if secrets.status().locked and may_ask(output):
        try:
            secrets.unlock(getpass.getpass("Passphrase of the file of secrets: "))
        except SecretsRefused as refusal:
            raise CommandError(str(refusal), code=ExitCode.USAGE) from None
    return secrets


def require_lasting(output: Output) -> None:
    """Raises CommandError where a sign-in could not outlive the command that makes it."""
    from local_engine.secrets.store import UNLOCKED_BY

    if not open_secrets(output).lasting:
        raise CommandError(
            "this machine has no key store that a command can keep a sign-in in",
            hint=f"set {UNLOCKED_BY} to a passphrase: it encrypts a file of secrets; or sign in "
            "in the window",
            code=ExitCode.ENVIRONMENT,
        )


def asked_email(given: str | None, output: Output) -> str:
    """The e-mail address, asked for on a terminal."""
    if given is None and may_ask(output):
        import typer

        given = str(typer.prompt("E-mail address"))
    if not given:
        raise CommandError("no e-mail address", hint="name it", code=ExitCode.USAGE)
    return given


def asked_secret(what: str, *, twice: bool = False) -> SecretStr:
    """A password or key, asked for on a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        given = getpass.getpass(f"{what}: ")
        if given and twice and getpass.getpass("The same again: ") != given:
            raise CommandError("the two differ", code=ExitCode.USAGE)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise CommandError(
            f"no {what.lower()}",
            hint="type it when asked, or give it as the first line of standard input",
            code=ExitCode.USAGE,
        )
    return SecretStr(given)
