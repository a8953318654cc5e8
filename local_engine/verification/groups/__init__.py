"""The groups of checks, in the order of a report."""

from local_engine.verification.groups import (
    access,
    auth,
    boot,
    contract,
    inputs,
    load,
    model,
    persistence,
    race,
    static,
)
from local_engine.verification.registry import Group

GROUPS: tuple[Group, ...] = (
    static.GROUP,
    boot.GROUP,
    contract.GROUP,
    access.GROUP,
    inputs.GROUP,
    auth.GROUP,
    model.GROUP,
    race.GROUP,
    persistence.GROUP,
    load.GROUP,
)
