"""What somebody does with an account in the cloud."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from pydantic import SecretStr, ValidationError

from local_engine.account.client import Call, CloudClient
from local_engine.account.errors import CloudError
from local_engine.account.generations import GenerationRun
from local_engine.account.session import Session
from local_engine.account.tokens import SignIn, SignIns
from local_engine.contracts.accounts import (
    Device,
    Devices,
    Me,
    Refresh,
    Registered,
    Registration,
    Tokens,
)
from local_engine.contracts.generation import GenerationRequest, Quota
from local_engine.contracts.llm_keys import KeyTest, LlmKey, LlmKeys, NewLlmKey, Provider
from local_engine.contracts.wire import Answer
from local_engine.secrets import Secrets

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MAX_DEVICE = 100

A = TypeVar("A", bound=Answer)


class Account:
    """An account at one address of the cloud; tokens are kept with the secrets.

    Everything raises `CloudError`; what needs somebody who is signed in, `SignedOut`.
    """

    def __init__(self, home: Path, secrets: Secrets, address: str) -> None:
        self.address = address
        self.client = CloudClient(address)
        self._sign_ins = SignIns(home, secrets, address)
        self.session = Session(self.client, self._sign_ins)

    def close(self) -> None:
        """Close the connections to the cloud."""
        self.client.close()

    def register(self, email: str, password: SecretStr) -> Registered:
        """Ask for an account; the answer does not tell whether the address was free."""
        with _checking():
            body = Registration(email=email, password=password.get_secret_value())
        return self.client.ask(Registered, Call("POST", "/auth/register", body=body))

    def sign_in(self, email: str, password: SecretStr) -> Me:
        """Sign this machine in, in place of whoever was before."""
        form = {
            "grant_type": "password",
            "username": email,
            "password": password.get_secret_value(),
            "device_name": device_name(),
        }
        with self._sign_ins.alone():
            before = self._sign_ins.find()  # where nothing can be kept, nobody is signed in
            tokens = self.client.ask(Tokens, Call("POST", "/auth/login", form=form))
            self._sign_ins.put(SignIn.of(email, tokens))
            if before is not None:
                with contextlib.suppress(CloudError):
                    self._end(before)
        return self.me()

    def sign_out(self) -> bool:
        """Forget the sign-in, and have it ended; False where the cloud could not be told.

        Then it ends by itself, for nobody holds its tokens any more.
        """
        with self._sign_ins.alone():
            sign_in = self._sign_ins.get()
            try:
                self._end(sign_in)
                told = True
            except CloudError:
                told = False
            self._sign_ins.forget()
        return told

    def sign_out_everywhere(self) -> None:
        """Sign out all devices, this one too."""
        self._do("POST", "/auth/logout-everywhere")
        with self._sign_ins.alone():
            self._sign_ins.forget()

    def known_as(self) -> str | None:
        """The address of who is signed in, if anybody is, without asking the cloud."""
        found = self._sign_ins.find()
        return None if found is None else found.email

    def signed_in_as(self) -> str:
        """The address of who is signed in, without asking the cloud."""
        return self._sign_ins.get().email

    def me(self) -> Me:
        """Who is signed in."""
        return self._ask(Me, "GET", "/auth/me")

    def devices(self) -> list[Device]:
        """The devices that are signed in, the one used last first."""
        return self._ask(Devices, "GET", "/auth/devices").devices

    def sign_out_device(self, device: UUID) -> None:
        """Sign another device out."""
        self._do("DELETE", f"/auth/devices/{device}")

    def keys(self) -> LlmKeys:
        """The keys of providers that are kept in the cloud: of each, its last four characters."""
        return self._ask(LlmKeys, "GET", "/llm-keys")

    def put_key(self, provider: Provider, key: SecretStr) -> LlmKey:
        """Keep a provider's key in the cloud; it never comes back."""
        with _checking():
            body = NewLlmKey(key=key)
        call = Call("PUT", f"/llm-keys/{provider}", body=body)
        return self.session.signed_in(lambda token: self.client.ask(LlmKey, call, token))

    def test_key(self, provider: Provider) -> KeyTest:
        """Whether the provider takes the key; costs nothing."""
        return self._ask(KeyTest, "POST", f"/llm-keys/{provider}/test")

    def remove_key(self, provider: Provider) -> None:
        """Forget a key."""
        self._do("DELETE", f"/llm-keys/{provider}")

    def usage(self) -> Quota:
        """What was used today, and may be."""
        return self._ask(Quota, "GET", "/usage")

    def generation(self, request: GenerationRequest) -> GenerationRun:
        """A run to be followed; it begins with that."""
        return GenerationRun(self.client, self.session, request)

    def _ask(self, answer: type[A], method: str, path: str) -> A:
        call = Call(method, path)
        return self.session.signed_in(lambda token: self.client.ask(answer, call, token))

    def _do(self, method: str, path: str) -> None:
        call = Call(method, path)
        self.session.signed_in(lambda token: self.client.do(call, token))

    def _end(self, sign_in: SignIn) -> None:
        body = Refresh(refresh_token=sign_in.refresh_token)
        self.client.do(Call("POST", "/auth/logout", body=body))


def device_name() -> str:
    """What this machine is called in the list of devices."""
    name = platform.node() or "a computer"
    printable = "".join(char for char in name if char.isprintable())
    return f"{printable} ({platform.system() or 'unknown'})"[:_MAX_DEVICE]


@contextlib.contextmanager
def _checking() -> Iterator[None]:
    """What the cloud would refuse is refused here; what was given is not repeated."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(step) for step in first["loc"])
        raise CloudError("invalid", f"{field}: {_what_is_wrong(first)}", status=422) from None


def _what_is_wrong(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if "min_length" in context:
        return f"needs {context['min_length']} characters or more"
    if "max_length" in context:
        return f"may have {context['max_length']} characters at most"
    return error["msg"].removeprefix("Value error, ")
