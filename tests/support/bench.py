"""A Blueprint's executable model to be asked by hand: users by name, paths, bodies."""

from __future__ import annotations

from typing import Any

from local_engine.generator.blueprint import load
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.http import Exchange
from local_engine.verification.model.model import Model
from local_engine.verification.model.outcome import Expected
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.sketch import build

NOBODY = "00000000-0000-4000-8000-000000000000"


class Bench:
    """The model of a Blueprint's text, with users `ann`, `bob` (no roles) and one of each role."""

    def __init__(self, text: str) -> None:
        self.application = load(f"name: Bench\n{text}").application
        self.simulation = Simulation(Model(self.application))
        self.actors: dict[str, Actor] = {"": ANONYMOUS}
        for number, name in enumerate(["ann", "bob", *self.application.accounts.roles], 1):
            roles = [name] if name in self.application.accounts.roles else []
            account = {"email": f"{name}@example.com", "roles": roles}
            id_ = f"00000000-0000-4000-8000-{number:012}"
            self.actors[name] = Actor(name, id_, None, account)
            self.model.add_user(id_, account)

    @property
    def model(self) -> Model:
        """The model itself."""
        return self.simulation.model

    def id(self, name: str) -> str:
        """A user's id."""
        return self.actors[name].id

    def decide(self, who: str, method: str, path: str, body: Any = ..., **headers: str) -> Expected:
        """What a request would come to."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.model.decide(build(method, path, self.actors[who], body, named))

    def send(self, who: str, method: str, path: str, body: Any = ..., **headers: str) -> Exchange:
        """The answer to a request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.simulation.send(build(method, path, self.actors[who], body, named))

    def made(self, who: str, path: str, body: Any = ..., **headers: str) -> dict[str, Any]:
        """The row that a POST makes (or moves); fails if it is refused."""
        exchange = self.send(who, "POST", path, {} if body is ... else body, **headers)
        assert exchange.status in (200, 201), exchange.text
        row: dict[str, Any] = exchange.json
        return row

    def seen(self, who: str, path: str) -> Any:
        """What a GET answers; fails if it is refused."""
        exchange = self.send(who, "GET", path)
        assert exchange.status == 200, exchange.text
        return exchange.json

    def status(self, who: str, method: str, path: str, body: Any = ..., **headers: str) -> int:
        """The status of the answer to a request."""
        return self.send(who, method, path, body, **headers).status

    def broken(self, who: str, method: str, path: str, body: Any = ...) -> tuple[int, str]:
        """The status and the rule of a refusal."""
        exchange = self.send(who, method, path, body)
        return exchange.status, str(exchange.json.get("rule", ""))
