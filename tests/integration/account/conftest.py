"""A real cloud, and accounts as the engine of one user sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from cloud_fixtures import cloud, cloud_template, new_cloud_database
from cloud_service import PASSWORD, CloudService
from pydantic import SecretStr

from local_engine.account import Account
from local_engine.secrets import Secrets, store, vault

__all__ = ["cloud", "cloud_template", "new_cloud_database"]

_numbers = count(1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An engine's folder, where secrets go into an encrypted file; opening it is made cheap."""
    cheap = {"time_cost": 1, "memory_cost": 64, "parallelism": 1}
    monkeypatch.setattr(vault, "_COST", cheap)
    monkeypatch.setenv(store.KEY_STORE, "none")
    monkeypatch.setenv(store.UNLOCKED_BY, "a passphrase for tests")
    return tmp_path


@pytest.fixture
def open_account(home: Path) -> Iterator[Callable[[str], Account]]:
    """Opens the account of this user at an address, as one more process would."""
    with ExitStack() as opened:

        def make(address: str) -> Account:
            account = Account(home, Secrets(home), address)
            opened.callback(account.close)
            return account

        yield make


@pytest.fixture
def member(cloud: CloudService, open_account: Callable[[str], Account]) -> Account:
    """The account of somebody who has just joined and signed in."""
    account = open_account(cloud.url)
    email = f"engine-{next(_numbers)}@example.com"
    account.register(email, SecretStr(PASSWORD))
    account.sign_in(email, SecretStr(PASSWORD))
    return account
