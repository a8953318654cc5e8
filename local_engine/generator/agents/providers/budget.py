"""A budget: what the calls of a run may use together, at the very most."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from local_engine.generator.agents.providers.errors import BudgetSpent
from local_engine.generator.agents.providers.models import Model
from local_engine.generator.agents.providers.usage import Usage, most_tokens

SMALLEST_ANSWER = 512
"""Fewer tokens than this are not worth a question."""


@dataclass
class Budget:
    """Tokens and money (microdollars) that are left; None is without a limit.

    Before a call, the most that it can use is set aside: its prompt counted generously, and its
    output limit, which is lowered to what is left. What was not used comes back afterwards. Money
    can be kept to only where the price of the model is known; else the tokens alone count.
    """

    tokens: int | None = None
    microdollars: int | None = None

    def reserve(self, model: Model, asked: str, output_limit: int, day: datetime.date) -> Usage:
        """Set aside what a call can use; its `output_tokens` are the limit to ask with.

        Raises `BudgetSpent` where too little is left.
        """
        prompt = most_tokens(asked)
        room = output_limit
        if self.tokens is not None:
            room = min(room, self.tokens - prompt)
        price = model.price(day)
        if self.microdollars is not None and price is not None:
            left = self.microdollars - 1 - price.input * prompt  # costs are rounded up
            if price.output > 0:
                room = min(room, int(left // price.output))
            elif left < 0:
                room = 0
        if room < min(SMALLEST_ANSWER, output_limit):
            raise BudgetSpent("What is left of the budget does not pay for another question.")
        reserved = model.used(prompt, room, day=day)
        self._take(reserved)
        return reserved

    def settle(self, reserved: Usage, used: Usage) -> None:
        """Give back what was set aside, and take what was used."""
        if self.tokens is not None:
            self.tokens += reserved.tokens
        if self.microdollars is not None:
            self.microdollars += reserved.cost_microdollars or 0
        self._take(used)

    def _take(self, usage: Usage) -> None:
        if self.tokens is not None:
            self.tokens -= usage.tokens
        if self.microdollars is not None:
            self.microdollars -= usage.cost_microdollars or 0
