"""What the checks of rules have in common: plan, send, and see it allowed or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from local_engine.verification.checks import CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.attempts import Attempt
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.stage import translated
from local_engine.verification.model.staging import (
    Staging,
    attempt,
    attempt_and_follow,
    staging_of,
)
from local_engine.verification.model.store import Row
from local_engine.verification.model.world import ModelWorld

T = TypeVar("T")


class Trial:
    """One check at work: what it plans is carried out, what it asks is held against the model."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.staging: Staging = staging_of(context)

    @property
    def world(self) -> ModelWorld:
        """The world that the check takes place in."""
        return self.staging.world

    def done(self, plan: Callable[[Maker], Row]) -> Row:
        """A row that was planned, as it is now in the service. Raises SetUpFailed."""
        row, ids = self.world.perform(plan)
        return self.row(row.entity, ids.get(row.id, row.id))

    def row(self, entity: str, id_: str) -> Row:
        """A row that is there."""
        found = self.world.model.store.find(entity, id_)
        if found is None:
            raise SetUpFailed(f"the {entity} {id_} is gone")
        return found

    def prepared(self, plan: Callable[[Maker], Attempt]) -> Request:
        """A request that was planned, after all that it needs. Raises SetUpFailed."""
        planned, ids = self.world.perform(plan)
        return translated(planned.request(), ids)

    def request(self, plan: Callable[[Maker], Request]) -> Request:
        """A request that was planned, after all that it needs. Raises SetUpFailed."""
        planned, ids = self.world.perform(plan)
        return translated(planned, ids)

    def allowed(self, request: Request) -> Exchange:
        """Send a request that the model allows; all its effects must be there."""
        expected = self.world.model.decide(request)
        if not expected.allowed:
            raise SetUpFailed(f"{request.method} {request.path} is not allowed: {expected}")
        return self._following(request)

    def refused(self, request: Request, rule: str = "") -> Exchange:
        """Send a request that the model refuses (by this rule); it must change nothing."""
        expected = self.world.model.decide(request)
        if expected.allowed or (rule and rule not in expected.rules):
            raise SetUpFailed(f"{request.method} {request.path} does not break {rule}: {expected}")
        return self._trying(request)

    def asked(self, request: Request) -> Exchange:
        """Send a request whose answer must be the model's, whatever that is."""
        return self._trying(request)

    def _following(self, request: Request) -> Exchange:
        try:
            return attempt_and_follow(self.context, self.staging, request)
        except CheckFailed:
            self.staging.drop()
            raise

    def _trying(self, request: Request) -> Exchange:
        try:
            return attempt(self.context, self.staging, request)
        except CheckFailed:
            self.staging.drop()
            raise
