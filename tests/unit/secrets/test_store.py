"""Secrets: the encrypted file, memory, the system's key store, and nothing in clear on disk."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from local_engine.secrets import Secrets, SecretsRefused, store
from local_engine.secrets.keychain import KeyChain, find_key_chain
from local_engine.secrets.vault import VaultFile, WrongPassphrase

PASSPHRASE = "correct horse battery staple"
VALUE = "sk-0123456789-very-secret"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    monkeypatch.setenv(store.KEY_STORE, "none")
    return Secrets(tmp_path)


def test_without_anything_they_are_in_memory_only(secrets: Secrets, tmp_path: Path) -> None:
    secrets.put("key", VALUE)
    assert secrets.get("key") == VALUE
    assert secrets.status().store == "memory"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert Secrets(tmp_path).get("key") is None


def test_a_passphrase_keeps_them_in_an_encrypted_file(secrets: Secrets, tmp_path: Path) -> None:
    secrets.put("early", VALUE)
    secrets.unlock(PASSPHRASE)
    secrets.put("late", VALUE + "2")
    file = tmp_path / "secrets.json"
    content = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert VALUE.encode() not in content
    assert b"early" not in content
    again = Secrets(tmp_path)
    assert again.status().locked
    assert again.status().names == ()
    with pytest.raises(SecretsRefused, match="locked"):
        again.get("early")
    with pytest.raises(SecretsRefused, match="locked"):
        again.put("x", "y")
    again.unlock(PASSPHRASE)
    assert (again.get("early"), again.get("late")) == (VALUE, VALUE + "2")
    again.remove("early")
    again.lock()
    again.unlock(PASSPHRASE)
    assert again.status().names == ("late",)


def test_a_wrong_passphrase_opens_nothing(secrets: Secrets, tmp_path: Path) -> None:
    secrets.unlock(PASSPHRASE)
    again = Secrets(tmp_path)
    with pytest.raises(SecretsRefused) as refusal:
        again.unlock(PASSPHRASE + "!")
    assert refusal.value.code == "wrong-passphrase"
    assert again.status().locked


@pytest.mark.parametrize("name", ["salt", "nonce", "sealed", "time_cost", "memory_cost"])
def test_a_file_that_was_changed_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "vault"
    VaultFile.create(path, PASSPHRASE).write({"a": VALUE})
    document = json.loads(path.read_text())
    value = document[name]
    if isinstance(value, int):
        document[name] = value + 1
    else:
        document[name] = ("B" if value[0] != "B" else "C") + value[1:]
    path.write_text(json.dumps(document))
    with pytest.raises(WrongPassphrase):
        VaultFile.unlock(path, PASSPHRASE)


def test_a_file_cannot_ask_for_endless_work(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    VaultFile.create(path, PASSPHRASE)
    document = json.loads(path.read_text()) | {"memory_cost": 2**31}
    path.write_text(json.dumps(document))
    with pytest.raises(WrongPassphrase, match="damaged"):
        VaultFile.unlock(path, PASSPHRASE)


def test_each_write_has_a_nonce_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault = VaultFile.create(path, PASSPHRASE)
    nonces = set()
    for _ in range(5):
        vault.write({"a": VALUE})
        nonces.add(json.loads(path.read_text())["nonce"])
    assert len(nonces) == 5


class Store(KeyringBackend):
    """A key store as an operating system has one."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is not typed throughout
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


def test_the_systems_store_keeps_names_and_values(tmp_path: Path) -> None:
    chain = KeyChain(Store(), "x")
    chain.put("b", VALUE)
    chain.put("a", "1")
    chain.put("a", "2")
    assert chain.names() == ["a", "b"]
    assert chain.get("a") == "2"
    chain.remove("a")
    assert (chain.names(), chain.get("a")) == (["b"], None)
    assert not list(tmp_path.iterdir())


def test_a_store_that_is_not_the_systems_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyring.get_keyring", Store)
    assert find_key_chain("x") is None
    monkeypatch.setattr(Store, "__module__", "keyring.backends.SecretService")
    assert find_key_chain("x") is not None


def test_what_is_passed_on_is_in_memory_for_a_time(
    secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.unlock(PASSPHRASE)
    name = secrets.pass_on(VALUE)
    assert secrets.get(name) == VALUE
    assert name not in secrets.status().names
    assert secrets.get("once.unknown") is None
    assert Secrets(tmp_path).get(name) is None
    for number in range(store.MAX_ONCE - 1):
        secrets.pass_on(str(number))
    assert secrets.get(name) == VALUE
    secrets.pass_on("one more")
    assert secrets.get(name) is None
    monkeypatch.setattr(store, "ONCE_SECONDS", 0.0)
    assert secrets.get(secrets.pass_on(VALUE)) is None


def test_two_processes_lose_nothing_of_one_another_in_one_file(
    secrets: Secrets, tmp_path: Path
) -> None:
    secrets.unlock(PASSPHRASE)
    other = Secrets(tmp_path)
    other.unlock(PASSPHRASE)
    secrets.put("mine", VALUE)
    other.put("theirs", VALUE)
    assert secrets.get("theirs") == other.get("mine") == VALUE
    other.remove("mine")
    assert secrets.status().names == ("theirs",)


def test_a_file_that_was_made_anew_is_locked(secrets: Secrets, tmp_path: Path) -> None:
    secrets.unlock(PASSPHRASE)
    (tmp_path / "secrets.json").unlink()
    Secrets(tmp_path).unlock("another " + PASSPHRASE)
    with pytest.raises(SecretsRefused, match="made anew"):
        secrets.get("key")
    assert secrets.status().locked


def test_the_environment_opens_the_file_and_begins_it(
    secrets: Secrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not secrets.lasting
    monkeypatch.setenv(store.UNLOCKED_BY, "short")
    with pytest.raises(SecretsRefused, match="8 characters"):
        secrets.put("key", VALUE)
    monkeypatch.setenv(store.UNLOCKED_BY, PASSPHRASE)
    assert secrets.lasting
    assert secrets.get("key") is None
    assert not (tmp_path / "secrets.json").exists()
    secrets.put("key", VALUE)
    assert VALUE.encode() not in (tmp_path / "secrets.json").read_bytes()
    assert Secrets(tmp_path).get("key") == VALUE
    monkeypatch.setenv(store.UNLOCKED_BY, PASSPHRASE + "!")
    with pytest.raises(SecretsRefused, match="does not open"):
        Secrets(tmp_path).get("key")
