"""The table of breaches: what is broken in which example, and the checks that must catch it."""

from __future__ import annotations

from breaches import Breach

from .access import BY_EMAIL, OWNERSHIP, ROLES
from .accounts import ACCOUNTS
from .everywhere import EVERYWHERE
from .rules import RACES, RULES, TRANSITIONS

# What is done to the database alone comes first, as it needs no restart.
TABLE: list[Breach] = sorted(
    [*OWNERSHIP, *BY_EMAIL, *ROLES, *RULES, *RACES, *TRANSITIONS, *EVERYWHERE, *ACCOUNTS],
    key=lambda breach: (breach.example, breach.code is not None),
)
