"""What the verifier may do to a running project besides sending it requests.

The verifier does not know how a project was started. Whoever starts one (a process preview, a
Docker deployment, a test) implements `Controls`; nothing needs to inherit from it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

Row = dict[str, Any]


class Controls(Protocol):
    """A running project, its database and its process.

    `base_url` has no slash at the end and may change when the service is restarted. `query` and
    `hold_lock` act as the owner of the project's database; parameters are bound, with `%s` as
    placeholder. Every method raises an exception of its own choice when it cannot do its work;
    the verifier then calls the check that asked for it inconclusive.
    """

    @property
    def base_url(self) -> str:
        """Where the service answers, such as `http://127.0.0.1:8000`."""

    @property
    def project(self) -> Path:
        """The project's folder, with its source code and `blueprint.yaml`."""

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Create or update users by the project's own command; gives the id of each e-mail."""

    def reset(self) -> None:
        """Replace the database by a fresh copy of the template; the service keeps running."""

    def save_template(self) -> None:
        """Make the present content of the database the template that `reset` copies."""

    def restart(self, *, kill: bool = False) -> None:
        """Stop the service (SIGTERM, or SIGKILL if `kill`), start it again, wait until ready."""

    def stop_database(self) -> None:
        """Make the database unreachable for the service."""

    def start_database(self) -> None:
        """Undo `stop_database`."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Run one statement as the database's owner, in its own transaction, and give its rows."""

    def hold_lock(self, sql: str) -> AbstractContextManager[None]:
        """Keep a transaction open that ran `sql` (such as `SELECT ... FOR UPDATE`)."""

    def logs(self) -> list[str]:
        """All lines that the service has logged since it was started first."""

    def with_settings(self, **env: str) -> AbstractContextManager[None]:
        """Run the service with these settings in place of its own, then with its own again."""


@runtime_checkable
class KnowsSecretKey(Protocol):
    """Controls that can tell the key the running service signs its access tokens with."""

    @property
    def secret_key(self) -> str:
        """The value of the setting `SECRET_KEY`."""


@runtime_checkable
class ShowsAddresses(Protocol):
    """Controls of a service that sees who connects to it: nothing on the way changes addresses."""

    @property
    def other_address(self) -> str:
        """An address of this machine that requests do not come from otherwise; empty if none."""


@runtime_checkable
class Migrates(Protocol):
    """Controls that can run the project's `migrate` command."""

    def migrate(self, *arguments: str) -> str:
        """Run `python -m app migrate ARGUMENTS` and give what it prints; raises if it fails."""


@runtime_checkable
class SharesAccounts(Protocol):
    """Controls of one of several copies of a project: accounts need be made in one of them only."""

    def accounts(self) -> object:
        """The accounts of the template, for `expect_accounts` of another copy; None: it cannot."""

    def expect_accounts(self, accounts: object) -> None:
        """Let `create_users`, when it is asked for just these, put them into the database."""


def accounts_of(controls: Controls) -> object:
    """The accounts of the template, to be given to another copy; None where that cannot be."""
    return controls.accounts() if isinstance(controls, SharesAccounts) else None


def secret_key_of(controls: Controls) -> str | None:
    """The service's signing key, where the controls can tell it."""
    return controls.secret_key if isinstance(controls, KnowsSecretKey) else None


def other_address_of(controls: Controls) -> str:
    """Another address to send requests from; empty where there is none that the service sees."""
    return controls.other_address if isinstance(controls, ShowsAddresses) else ""
