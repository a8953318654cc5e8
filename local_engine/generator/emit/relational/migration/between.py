"""`migration_between`: the way from one schema to another, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from local_engine.generator.emit.relational.migration.plan import Plan
from local_engine.generator.emit.relational.migration.renames import Renames
from local_engine.generator.emit.relational.migration.titles import title_of
from local_engine.generator.emit.relational.render import join
from local_engine.generator.emit.relational.schema import Schema


class MigrationRefused(Exception):
    """There is no migration that keeps what must be kept; `reasons` are whole sentences."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Migration:
    """SQL to run in one transaction: `up` forward, `down` back; both empty if nothing changes.

    `title` says in a few words (as a file name does) what changes most. `warnings` are sentences
    for whoever applies it; `destructive` names what is lost for good.
    """

    up: str
    down: str
    title: str
    warnings: tuple[str, ...] = ()
    destructive: tuple[str, ...] = ()


def migration_between(
    old: Schema | None, new: Schema, renames: Renames | None = None, *, allow_drop: bool = False
) -> Migration:
    """The migration from `old` (None: only the fixed tables) to `new`.

    Raises MigrationRefused when values cannot be converted, or when something would be lost and
    `allow_drop` is not set. A migration that meets rows which do not fit stops with a message
    that counts them; its transaction changes nothing then.
    """
    names = renames or Renames()
    before = old or Schema(time_zone=new.time_zone)
    forward = Plan(before, new, names)
    reasons = list(forward.complaints)
    if not allow_drop:
        reasons += [f"{loss} Allow it explicitly if you mean it." for loss in forward.losses]
    if reasons:
        raise MigrationRefused(reasons)
    back = Plan(new, before, names.inverse())
    note = _note(forward.losses)
    return Migration(
        join(forward.blocks()),
        join([note, *back.blocks()]),
        title_of(forward),
        forward.warnings,
        forward.losses,
    )


def _note(losses: Sequence[str]) -> str:
    """What the way back cannot bring back."""
    if not losses:
        return ""
    return "\n".join(
        ["-- This restores the tables and columns, not what was in them:"]
        + [f"-- {loss}" for loss in losses]
    )
