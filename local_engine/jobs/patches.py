"""Patches by a model for a repair, within what the choice allows for the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.jobs.models import KeyOf, Making, ModelChoice, ask_models
from local_engine.jobs.run import Run

if TYPE_CHECKING:
    from local_engine.generator.agents.providers import Call, Provider
    from local_engine.generator.agents.repairing import Proposal, RepairTask


class Asking:
    """Asks the chosen model, round after round; `making` says what that came to."""

    def __init__(self, choice: ModelChoice, key_of: KeyOf, run: Run) -> None:
        self._choice = choice
        self._key_of = key_of
        self._run = run
        self.making = Making(via=choice.via)

    @property
    def wanted(self) -> bool:
        """Whether a model was chosen."""
        return self._choice.via != "no-model"

    def ask(self, task: RepairTask) -> Proposal:
        """A proposal, with what is left of the budget. Raises `JobFailed` and `JobCancelled`."""

        async def work(provider: Provider, call: Call) -> Proposal:
            from local_engine.generator.agents.repairing import propose

            return await propose(task, provider, call)

        found = ask_models(self._left(), self._key_of, self._run, work)
        spent, cost = self.making, found.used.cost_microdollars
        total = spent.cost_microdollars
        self.making = Making(
            via=spent.via,
            models=list(dict.fromkeys([*spent.models, *found.models])),
            tokens=spent.tokens + found.used.tokens,
            cost_microdollars=None if cost is None or total is None else total + cost,
        )
        return found

    def _left(self) -> ModelChoice:
        tokens = self._choice.max_tokens - self.making.tokens
        money = self._choice.max_cost_microdollars - (self.making.cost_microdollars or 0)
        return self._choice.model_copy(
            update={"max_tokens": max(0, tokens), "max_cost_microdollars": max(0, money)}
        )
