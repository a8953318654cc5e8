"""Bringing deleted projects back, and removing them for good after asking."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local_engine.api.features.trash.schemas import EmptyingFacts, TrashedProject, TrashList
from local_engine.api.problems import Problem
from local_engine.projects.trash import NoSuchTrash, Trash, Trashed

_SECONDS = 300.0


@dataclass(frozen=True)
class _Asked:
    word: str
    ids: tuple[str, ...]
    until: float


class Emptying:
    """What was asked to go for good, until it is confirmed."""

    def __init__(self, trash: Trash) -> None:
        self._trash = trash
        self._asked: _Asked | None = None
        self._lock = threading.Lock()

    def ask(self, ids: list[str] | None) -> EmptyingFacts:
        """What would go. Raises `Problem` 404."""
        with refusing():
            found = self._trash.all() if ids is None else [self._trash.get(id_) for id_ in ids]
        asked = _Asked(
            secrets.token_urlsafe(16),
            tuple(one.id for one in found),
            time.monotonic() + _SECONDS,
        )
        with self._lock:
            self._asked = asked
        return EmptyingFacts(
            confirmation=asked.word,
            projects=[facts(one) for one in found],
            bytes=sum(one.bytes for one in found),
        )

    def carry_out(self, confirmation: str) -> TrashList:
        """Remove what was asked for, and nothing that came since. Raises `Problem` 409."""
        with self._lock:
            asked, self._asked = self._asked, None
        known = asked is not None and hmac.compare_digest(
            asked.word.encode(), confirmation.encode()
        )
        if asked is None or not known or time.monotonic() > asked.until:
            raise Problem(409, "not-confirmed", "Ask first what would go, and send its word.")
        there = {one.id for one in self._trash.all()}
        for id_ in asked.ids:
            if id_ in there:
                self._trash.remove(id_)
        return listed(self._trash)


@contextmanager
def refusing() -> Iterator[None]:
    """What the trash refuses, as problems."""
    try:
        yield
    except NoSuchTrash as refusal:
        raise Problem(404, "no-such-project", f"In the trash, {refusal.message}.") from None


def listed(trash: Trash) -> TrashList:
    """All that is in the trash."""
    found = trash.all()
    return TrashList(projects=[facts(one) for one in found], bytes=sum(one.bytes for one in found))


def facts(found: Trashed) -> TrashedProject:
    """What is sent about one."""
    return TrashedProject(
        id=found.id,
        name=found.name,
        folder=str(found.folder) if found.folder else None,
        deleted_at=found.deleted_at,
        files=found.files,
        bytes=found.bytes,
    )
