"""A world without a service: the model answers itself. Checks are derived in it beforehand."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.model.model import Model
from local_engine.verification.model.simulation import Simulation
from local_engine.verification.model.world import ModelWorld


class SimulatedService:
    """Answers as a service that does what the Blueprint says; accounts need no password."""

    def __init__(self, application: Application) -> None:
        self.simulation = Simulation(Model(application))
        self.ids: dict[str, str] = {}

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Make accounts; gives their ids by e-mail."""
        for account in users:
            email = str(account["email"])
            self.ids[email] = str(uuid.uuid5(uuid.NAMESPACE_URL, email))
            shown = {name: value for name, value in account.items() if name != "password"}
            self.simulation.model.add_user(self.ids[email], shown)
        return {str(account["email"]): self.ids[str(account["email"])] for account in users}

    def send(self, request: Request) -> Exchange:
        """The answer to a request."""
        if request.path == "/auth/login":
            content = json.dumps({"access_token": "-", "expires_in": 10**6}).encode()
            return Exchange(request, Response(200, (), content))
        return self.simulation.send(request)


def simulated_world(application: Application, seed: int = 0) -> ModelWorld:
    """A world whose service is the model itself."""
    service = SimulatedService(application)
    world = ModelWorld(application, service.send, seed)
    world.enter(service.create_users)
    return world
