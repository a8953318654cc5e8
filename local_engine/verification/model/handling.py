"""One request being handled: what all kinds of routes have in common."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local_engine.generator.blueprint.resolved import Access, Entity
from local_engine.verification.model.access import Judge
from local_engine.verification.model.incoming import Incoming
from local_engine.verification.model.outcome import Done, Refused
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.places import Place, effective_access, locate
from local_engine.verification.model.routing import Match
from local_engine.verification.model.shown import shown
from local_engine.verification.model.store import Row, StoredAnswer
from local_engine.verification.model.transaction import Transaction


@dataclass
class Handling:
    """A request, its route, and the transaction that it writes in."""

    incoming: Incoming
    match: Match
    transaction: Transaction

    @property
    def judge(self) -> Judge:
        """Who may what."""
        return self.transaction.judge

    @cached_property
    def entity(self) -> Entity:
        """The entity whose rows the route is about."""
        return self.transaction.application.entities[self.match.route.entity]

    def need_account(self, access: Access) -> None:
        """Refuse anonymous requests with 401 unless something is public."""
        self.judge.need_account(access)

    def effective(self, action: str) -> Access:
        """The clauses that decide about an action of the entity."""
        return effective_access(self.judge, self.entity, action)

    def collection(self) -> Place:
        """The parents of the collection that the path names."""
        return locate(self.transaction, self.match, own=False)

    def row(self) -> Row:
        """The row that the path names; who may read it is not asked yet."""
        row = locate(self.transaction, self.match, own=True).row
        assert row is not None
        return row

    def check_etag(self, row: Row) -> None:
        """Refuse with 428 or 412 where If-Match is missing or stale."""
        entity = self.transaction.application.entities[row.entity]
        wanted = self.incoming.if_match
        if not wanted and entity.guarded:
            raise Refused(428, why="If-Match is required")
        if wanted and etag(row) not in (wanted, None):
            raise Refused(412, why="the row has changed since")

    def answer(self, row: Row, status: int) -> Done:
        """A row as an answer."""
        row = self.transaction.current(row)
        headers = {"ETag": etag(row) or ""}
        if status == 201:
            headers["Location"] = row_path(self.transaction.view, row)
        return Done(status, shown(self.judge, row), row.key, headers)

    def replayed(self, body: Any) -> Done | None:
        """The stored answer of the same request before, None if this is the first."""
        key = self.incoming.idempotency_key
        if key is None or not self.incoming.subject.signed_in:
            return None
        if not 1 <= len(key) <= 255 or any(not "!" <= one <= "~" for one in key):
            raise Refused(422, why="the Idempotency-Key is not 1 to 255 visible characters")
        stored = self.transaction.store.answers.get(self._slot(key))
        if stored is None:
            return None
        if stored.digest != _digest(body):
            raise Refused(409, why="the Idempotency-Key was used for another body")
        return Done(stored.status, stored.body, None, {"Idempotency-Replayed": "true"})

    def remember(self, body: Any, done: Done) -> Done:
        """Keep the answer for the same Idempotency-Key."""
        key = self.incoming.idempotency_key
        if key is not None and self.incoming.subject.signed_in:
            answer = StoredAnswer(_digest(body), done.status, done.body)
            self.transaction.store.answers[self._slot(key)] = answer
        return done

    def _slot(self, key: str) -> tuple[str, ...]:
        return self.incoming.subject.id, self.incoming.request.path, key


def etag(row: Row) -> str | None:
    """The row's ETag as far as it is known."""
    return row.etag


def _digest(body: Any) -> str:
    return json.dumps(body, sort_keys=True)
