"""The model in lockstep with a service: every request goes to both, and they are compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from local_engine.verification.actors import Actor
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.comparing import compare, differs
from local_engine.verification.model.model import Model
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.sketch import build
from local_engine.verification.model.store import Row

Transport = Callable[[Request], Exchange]


class Stage:
    """A service and the model that follows it.

    `transport` sends a request that is complete, `sign` gives it the actor's token. `lost` is set
    when the service did something else than the model expected: they no longer agree then.
    `writes` counts what was changed.
    """

    def __init__(
        self, model: Model, transport: Transport, sign: Callable[[Request], Request]
    ) -> None:
        self.model = model
        self.lost = False
        self.writes = 0
        self._transport = transport
        self._sign = sign

    def ask(
        self,
        method: str,
        target: str,
        actor: Actor,
        body: Any = ...,
        headers: dict[str, str] | None = None,
        *,
        before: Sequence[Exchange] = (),
    ) -> Exchange:
        """Send a request whose answer must be the model's; raises CheckFailed."""
        return self.check(build(method, target, actor, body, headers), before=before)

    def check(self, request: Request, *, before: Sequence[Exchange] = ()) -> Exchange:
        """Send a request whose answer must be the model's; raises CheckFailed."""
        expected = self.model.decide(request)
        new_ids = self._new_ids(expected)
        exchange = self._exchange(request, expected)
        compare(expected, exchange, new_ids=new_ids, before=before)
        return exchange

    def prepare(self, request: Request) -> Exchange:
        """Send a request that prepares something; raises SetUpFailed if it is not answered so."""
        expected = self.model.decide(request)
        exchange = self._exchange(request, expected)
        if exchange.status not in expected.statuses:
            raise SetUpFailed(
                f"set-up step {exchange}{_detail(exchange)}; expected {expected}", (exchange,)
            )
        return exchange

    def _exchange(self, request: Request, expected: Expected) -> Exchange:
        """Send a request; the model makes the change if the service did."""
        exchange = self._transport(self._sign(request))
        if exchange.status < 400:
            self.writes += request.method != "GET"
            promised = exchange.status in expected.statuses
            if promised:
                self._accept(expected, exchange)
            if request.method != "GET" and (expected.free or not promised):
                self.lost = True
        return exchange

    def _accept(self, expected: Expected, exchange: Exchange) -> None:
        new_ids = self._new_ids(expected)
        self.model.accept(expected, exchange.json, exchange.header("etag"))
        if expected.row is None and new_ids and isinstance(exchange.json, dict):
            self._learn(expected.body, exchange.json, new_ids)

    def _new_ids(self, expected: Expected) -> frozenset[str]:
        """Ids that the model gave to rows whose real ids are not known yet."""
        tables = expected.after.tables.values()
        return frozenset(row.id for table in tables for row in table.values() if not row.known)

    def _learn(self, expected: Any, found: dict[str, Any], new_ids: frozenset[str]) -> None:
        """Take real ids over from the items of a list."""
        items = expected.get("items") if isinstance(expected, dict) else None
        for item in items or []:
            if item["id"] not in new_ids:
                continue
            match = next(
                (one for one in found.get("items", []) if not differs(item, one, new_ids)), None
            )
            if match is not None:
                self._take_id(item["id"], match["id"])

    def _take_id(self, old_id: str, new_id: str) -> None:
        for entity in self.model.application.entities:
            row = self.model.store.find(entity, old_id)
            if row is not None and self.model.store.find(entity, new_id) is None:
                self.model.rename(row, new_id)
                self.model.store.put(replace(self.model.store.tables[entity][new_id], known=True))

    def replay(self, steps: Sequence[Exchange]) -> dict[str, str]:
        """Carry a plan out; gives the real id of each planned one. Raises SetUpFailed."""
        ids: dict[str, str] = {}
        for step in steps:
            exchange = self.prepare(self.up_to_date(translated(step.request, ids)))
            planned, found = step.json, exchange.json
            if isinstance(planned, dict) and isinstance(found, dict):
                self._match_ids(planned, found, ids)
        return ids

    def _match_ids(
        self, planned: dict[str, Any], found: dict[str, Any], ids: dict[str, str]
    ) -> None:
        """Note which real ids planned ones have become: of a row, or of the items of a list."""
        if "id" in planned:
            ids[planned["id"]] = str(found.get("id"))
            return
        items = [one for one in planned.get("items", []) if isinstance(one, dict) and "id" in one]
        new = frozenset(one["id"] for one in items if not self._is_known(one["id"], ids))
        for item in items:
            if item["id"] in new:
                real = json.loads(with_ids(json.dumps(item), ids))
                match = next((one for one in found["items"] if not differs(real, one, new)), None)
                if match is not None:
                    ids[item["id"]] = match["id"]

    def _is_known(self, id_: str, ids: dict[str, str]) -> bool:
        tables = self.model.store.tables.values()
        return id_ in ids or any(id_ in table for table in tables)

    def up_to_date(self, request: Request) -> Request:
        """The request with the ETag that its row has now, if it has one at all."""
        if not request.header("if-match"):
            return request
        path = request.path
        row = self.row_at(path)
        if row is not None and row.etag is None:
            # Behind the row's id there may be a transition, an operation or a file.
            address = path.rpartition(row.id)[0] + row.id
            self.prepare(build("GET", address, request.actor))
            row = self.row_at(path)
        etag = row.etag if row else None
        kept = tuple((name, value) for name, value in request.headers if name != "If-Match")
        return replace(request, headers=(*kept, ("If-Match", etag or "unknown")))

    def row_at(self, path: str) -> Row | None:
        """The row that the last id in a path names."""
        for segment in reversed(path.split("/")):
            for entity in self.model.application.entities:
                row = self.model.store.find(entity, segment)
                if row is not None:
                    return row
        return None


def translated(request: Request, ids: dict[str, str]) -> Request:
    """The request with planned ids replaced by real ones."""
    body = request.body
    for planned, real in ids.items():
        body = body.replace(planned.encode(), real.encode())
    return replace(request, target=with_ids(request.target, ids), body=body)


def with_ids(text: str, ids: dict[str, str]) -> str:
    """A text with planned ids replaced by real ones."""
    for planned, real in ids.items():
        text = text.replace(planned, real)
    return text


def _detail(exchange: Exchange) -> str:
    document = exchange.json
    if not isinstance(document, dict):
        return ""
    return f" ({document.get('rule') or document.get('detail')} {document.get('errors') or ''})"
