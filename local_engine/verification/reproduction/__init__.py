"""The shortest way to show a failure again: as a shell script with curl, and as a pytest module."""

from collections.abc import Sequence

from local_engine.verification.checks import Check, CheckFailed, Evidence
from local_engine.verification.http import Exchange, mask
from local_engine.verification.reproduction.curl import as_curl, as_script
from local_engine.verification.reproduction.python import as_module
from local_engine.verification.reproduction.slicing import plan

__all__ = ["as_curl", "evidence_of"]


def evidence_of(
    check: Check,
    failure: CheckFailed,
    *,
    history: Sequence[Exchange],
    own: Sequence[Exchange],
    base_url: str,
) -> Evidence:
    """The evidence for a failure: masked exchanges, and how to see it again.

    `history` is all that was sent since the reset, `own` what the failing check sent.
    """
    if not failure.exchanges:
        return Evidence(failure.expected, failure.found)
    steps = plan(history, own, failure.exchanges, failure.claim)
    module = as_module(
        steps,
        check=check.id,
        sentence=check.sentence,
        expected=failure.expected,
        found=failure.found,
        claim=failure.claim,
        base_url=base_url,
    )
    return Evidence(
        failure.expected,
        failure.found,
        tuple(mask(exchange) for exchange in failure.exchanges[-8:]),
        as_script(steps, failure.expected, failure.found, base_url),
        module,
    )
