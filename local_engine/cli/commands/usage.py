"""`usage`: what the account has used of the cloud today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_engine.cli.cloud_account import account
from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.contracts.generation import Amount, Quota


def show_usage(output: Output) -> int:
    """A table of what was used and may be."""
    with account(output) as cloud:
        quota = cloud.usage()
    output.table(["today", ">used", ">of", ">left"], quota_rows(quota))
    output.line(f"Counted anew from {quota.resets_at.astimezone():%Y-%m-%d %H:%M} on.")
    output.finish({"usage": quota.model_dump(mode="json")})
    return ExitCode.OK


def quota_rows(quota: Quota) -> list[tuple[str, ...]]:
    """Runs, tokens and money: used, allowed, left."""
    return [
        ("runs", *_counts(quota.generations)),
        ("tokens", *_counts(quota.tokens)),
        ("cost", *_dollars(quota.cost_microdollars)),
    ]


def _counts(amount: Amount) -> tuple[str, str, str]:
    return f"{amount.used:,}", f"{amount.limit:,}", f"{max(0, amount.limit - amount.used):,}"


def _dollars(amount: Amount) -> tuple[str, str, str]:
    left = max(0, amount.limit - amount.used)
    used, limit, rest = (f"${micro / 1_000_000:.4f}" for micro in (amount.used, amount.limit, left))
    return used, limit, rest
