"""The groups of checks, in the order of a report."""

from local_engine.verification.groups import auth, boot, contract, inputs, load, persistence, static
from local_engine.verification.registry import Group

GROUPS: tuple[Group, ...] = (
    static.GROUP,
    boot.GROUP,
    contract.GROUP,
    inputs.GROUP,
    auth.GROUP,
    persistence.GROUP,
    load.GROUP,
)
