"""What is asked twice before it is done: first what it would do, then with the word for that."""

from __future__ import annotations

import hmac
import secrets
import threading
import time

from local_engine.api.problems import Problem

_SECONDS = 300.0


class Confirmations:
    """The words that confirm something, each for one subject, once, and for some minutes."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def give(self, subject: str) -> str:
        """A new word for a subject; an earlier one counts no more."""
        word = secrets.token_urlsafe(16)
        with self._lock:
            self._given[subject] = (word, time.monotonic() + _SECONDS)
        return word

    def take(self, subject: str, confirmation: str) -> None:
        """Use up a subject's word. Raises `Problem` 409 where it is another one, or too old."""
        with self._lock:
            word, deadline = self._given.get(subject, ("", 0.0))
            if not hmac.compare_digest(word.encode(), confirmation.encode()) or not word:
                raise Problem(409, "not-confirmed", "Ask for a confirmation first, and send it.")
            del self._given[subject]
        if time.monotonic() > deadline:
            raise Problem(409, "not-confirmed", "The confirmation is too old. Ask for a new one.")
