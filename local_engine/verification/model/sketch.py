"""A plan of requests, tried out in a simulation first: what fails is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.actors import Actor
from local_engine.verification.http import Exchange, Request, encode_json
from local_engine.verification.model.model import Model
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.store import Row, Store


@dataclass(frozen=True)
class Mark:
    """A point in a plan that one can go back to."""

    store: Store
    length: int
    home: str | None


def build(
    method: str, target: str, actor: Actor, body: Any = ..., headers: dict[str, str] | None = None
) -> Request:
    """A request without its Authorization, which is added when it is sent."""
    given = dict(headers or {})
    content = b""
    if isinstance(body, bytes):
        content = body
    elif body is not ...:
        given.setdefault("Content-Type", "application/json")
        content = encode_json(body)
    return Request(method, target, tuple(given.items()), content, actor)


def if_match(entity: Entity, row: Row) -> dict[str, str]:
    """The header that a guarded row needs."""
    return {"If-Match": row.etag or "unknown"} if entity.guarded else {}


class Sketch:
    """The requests planned so far, and the rows that there would be after them.

    `home` is the id of the tenant in which rows are made unless something else is said.
    """

    def __init__(self, model: Model, home: str | None = None) -> None:
        self.home = home
        self._simulation = Simulation(model.fork())
        self.steps: list[Exchange] = []
        self.decisions = 0
        self._decided: dict[tuple[object, ...], Expected] = {}
        self._decided_in: Store | None = None

    @property
    def model(self) -> Model:
        """The model after the planned requests."""
        return self._simulation.model

    def decide(self, request: Request) -> Expected:
        """What the request would come to.

        Of two tries in a search, one has been there before: that one costs nothing.
        """
        self.decisions += 1
        if self._decided_in is not self.model.store:
            self._decided, self._decided_in = {}, self.model.store
        key = (request.method, request.target, request.headers, request.body, request.actor.id)
        if key not in self._decided:
            self._decided[key] = self.model.decide(request)
        return self._decided[key]

    def send(self, request: Request) -> Exchange:
        """Plan a request; one that is refused is not part of the plan."""
        exchange = self._simulation.send(request)
        if exchange.status < 400:
            self.steps.append(exchange)
        return exchange

    def mark(self) -> Mark:
        """Where the plan is now."""
        return Mark(self.model.store, len(self.steps), self.home)

    def back_to(self, mark: Mark) -> None:
        """Forget what was planned since."""
        self.model.store, self.home = mark.store, mark.home
        del self.steps[mark.length :]

    def row(self, entity: str, id_: object) -> Row:
        """A row that is known to be there."""
        row = self.model.store.find(entity, id_)
        assert row is not None
        return row
