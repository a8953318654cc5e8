"""Runs one check and says what came of it; no exception gets past this."""

import time
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from local_engine.verification.checks import (
    Check,
    CheckFailed,
    Evidence,
    NotApplicable,
    Result,
    SetUpFailed,
    Verdict,
)
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange, NoAnswer, Unreachable, recording
from local_engine.verification.reproduction import evidence_of

SHOWN_REQUESTS = 20


def judge(check: Check, context: Context, history: Sequence[Exchange], trouble: str = "") -> Result:
    """The check's result. `history` is what was sent since the database was fresh.

    With `trouble` the check is not run: it says why nothing can be shown.
    """
    clock = time.perf_counter()
    with recording() as own:
        result = _verdict(check, context, history, own, trouble)
    return replace(
        result,
        seconds=time.perf_counter() - clock,
        requests=tuple(str(exchange) for exchange in own[:SHOWN_REQUESTS]),
    )


def inconclusive(check: Check, reason: str) -> Result:
    """The result of a check that was not run."""
    return _result(check, Verdict.INCONCLUSIVE, reason)


def told(error: BaseException) -> str:
    """An unexpected exception in one line: what, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}{where}"


def _result(check: Check, verdict: Verdict, reason: str = "") -> Result:
    return Result(check.id, check.group, check.sentence, verdict, reason, cell=check.cell)


def _verdict(
    check: Check,
    context: Context,
    history: Sequence[Exchange],
    own: Sequence[Exchange],
    trouble: str,
) -> Result:
    if check.run is None:
        return _result(check, Verdict.NOT_APPLICABLE, check.reason)
    if trouble:
        return inconclusive(check, trouble)
    try:
        check.run(context)
    except CheckFailed as failure:
        return _failed(check, context, failure, history, own)
    except NoAnswer as error:
        return _broke_off(check, context, error)
    except NotApplicable as error:
        return _result(check, Verdict.NOT_APPLICABLE, str(error))
    except (SetUpFailed, Unreachable) as error:
        return inconclusive(check, str(error))
    except Exception as error:
        return inconclusive(check, told(error))
    return _result(check, Verdict.PASSED)


def _failed(
    check: Check,
    context: Context,
    failure: CheckFailed,
    history: Sequence[Exchange],
    own: Sequence[Exchange],
) -> Result:
    base_url = context.controls.base_url
    try:
        evidence = evidence_of(check, failure, history=history, own=own, base_url=base_url)
    except Exception as error:
        evidence = Evidence(failure.expected, f"{failure.found} (no reproduction: {told(error)})")
    return replace(
        _result(check, Verdict.FAILED, str(failure)),
        evidence=evidence,
        root=failure.root or _root(check, context, failure),
    )


def _root(check: Check, context: Context, failure: CheckFailed) -> str:
    last = failure.exchanges[-1] if failure.exchanges else None
    if last is None or last.status < 500:
        return check.id
    return f"server-error {_operation(context, last.request.method, last.request.path)}"


def _broke_off(check: Check, context: Context, error: NoAnswer) -> Result:
    failure = CheckFailed(
        "an answer to every request",
        str(error),
        root=f"no-answer {_operation(context, error.request.method, error.request.path)}",
    )
    return _failed(check, context, failure, (), ())


def _operation(context: Context, method: str, path: str) -> str:
    try:
        template = context.document.template(path)
    except (SetUpFailed, NoAnswer, Unreachable):
        template = None
    return f"{method} {template or path}"
