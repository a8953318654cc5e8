"""Requests of somebody who is signed in; their tokens are renewed when need be, once for all.

A refresh token is good once, so renewing is done by one thread of one process at a time, and what
came of it is kept before it is used. If the answer was lost, the same token gives the same answer
again for 30 seconds (docs/cloud.md): it is asked once more at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from local_engine.account.client import Call, CloudClient
from local_engine.account.errors import CloudError, SignedOut
from local_engine.account.tokens import SignIn, SignIns
from local_engine.contracts.accounts import Refresh, Tokens

RENEWAL_SECONDS = 10.0
"""Twice this and the time to connect is less than the cloud's 30 seconds."""

T = TypeVar("T")


class Session:
    """The sign-in of this user, at work."""

    def __init__(self, client: CloudClient, sign_ins: SignIns) -> None:
        self._client = client
        self._sign_ins = sign_ins

    def signed_in(self, work: Callable[[str], T]) -> T:
        """The work with an access token; once more with a new one if it is not accepted.

        Raises `SignedOut`, and what the work raises.
        """
        sign_in = self._sign_ins.get()
        if not sign_in.fresh:
            sign_in = self._renewed(sign_in)
        try:
            return work(sign_in.access_token)
        except CloudError as error:
            if error.status != 401:
                raise
        return work(self._renewed(sign_in).access_token)

    def _renewed(self, known: SignIn) -> SignIn:
        """A sign-in with other tokens than these: somebody else's new ones, or its own."""
        with self._sign_ins.alone():
            kept = self._sign_ins.get()
            if kept.access_token != known.access_token and kept.fresh:
                return kept
            renewed = SignIn.of(kept.email, self._exchanged(kept))
            self._sign_ins.put(renewed)
            return renewed

    def _exchanged(self, sign_in: SignIn) -> Tokens:
        try:
            return self._asked(sign_in)
        except CloudError as error:
            if not error.lost:
                raise
        return self._asked(sign_in)

    def _asked(self, sign_in: SignIn) -> Tokens:
        body = Refresh(refresh_token=sign_in.refresh_token)
        call = Call("POST", "/auth/refresh", body=body, seconds=RENEWAL_SECONDS)
        try:
            return self._client.ask(Tokens, call)
        except CloudError as error:
            if error.status != 401:
                raise
        self._sign_ins.forget()
        raise SignedOut(
            f"{sign_in.email} was signed out: here, from another device, or after a long time."
        )
