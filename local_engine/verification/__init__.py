"""Shows by evidence whether a running project does what its Blueprint says.

`verify(application, controls)` gives a `Report`; `controls` is anything that implements `Controls`.
"""

from local_engine.verification.changes import CheckChanges, check_changes
from local_engine.verification.checks import Check, Evidence, Result, Verdict
from local_engine.verification.controls import Controls
from local_engine.verification.events import (
    CheckFinished,
    Event,
    GroupFinished,
    GroupStarted,
    VerificationFinished,
)
from local_engine.verification.report import Finding, GroupReport, Report
from local_engine.verification.run import verify

__all__ = [
    "Check",
    "CheckChanges",
    "CheckFinished",
    "Controls",
    "Event",
    "Evidence",
    "Finding",
    "GroupFinished",
    "GroupReport",
    "GroupStarted",
    "Report",
    "Result",
    "Verdict",
    "VerificationFinished",
    "check_changes",
    "verify",
]
