"""Tokens, browser sessions and one-time links, all in memory and compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

MIN_TOKEN_LENGTH = 20
MAX_TOKENS = 16
MAX_SESSIONS = 64
MAX_LINKS = 16
LINK_SECONDS = 120.0


class Sessions:
    """Who may talk to the engine.

    Bearer tokens belong to programs (the shell, a script), browser sessions to cookies. A link
    turns into one session, once, within `LINK_SECONDS`. Only digests are kept.
    """

    def __init__(self, token: str) -> None:
        self._lock = threading.Lock()
        self._tokens: OrderedDict[bytes, None] = OrderedDict({_digest(token): None})
        self._sessions: OrderedDict[bytes, None] = OrderedDict()
        self._links: OrderedDict[bytes, float] = OrderedDict()

    def knows_token(self, token: str) -> bool:
        """Whether this is one of the engine's tokens."""
        return self._holds(self._tokens, token)

    def knows_session(self, session: str) -> bool:
        """Whether this is the value of a cookie that was given out."""
        return self._holds(self._sessions, session)

    def add_token(self, token: str) -> None:
        """Take one more token, as that of a second shell; the oldest extra one may go for it."""
        with self._lock:
            first = next(iter(self._tokens))
            self._tokens[_digest(token)] = None
            if len(self._tokens) > MAX_TOKENS:
                del self._tokens[next(key for key in self._tokens if key != first)]

    def new_link(self) -> str:
        """The code of a new one-time link."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._links[_digest(code)] = time.monotonic() + LINK_SECONDS
            while len(self._links) > MAX_LINKS:
                self._links.popitem(last=False)
        return code

    def enter(self, code: str) -> str | None:
        """The value of a new session's cookie for a link's code; None if it is none, or spent."""
        with self._lock:
            deadline = self._links.pop(_digest(code), None)
            if deadline is None or time.monotonic() > deadline:
                return None
            session = secrets.token_urlsafe(32)
            self._sessions[_digest(session)] = None
            while len(self._sessions) > MAX_SESSIONS:
                self._sessions.popitem(last=False)
            return session

    def end(self, session: str) -> None:
        """Forget a browser session."""
        with self._lock:
            self._sessions.pop(_digest(session), None)

    def _holds(self, known: OrderedDict[bytes, None], secret: str) -> bool:
        digest = _digest(secret)
        with self._lock:
            matches = [hmac.compare_digest(digest, one) for one in known]  # all, in equal time
        return any(matches)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()
