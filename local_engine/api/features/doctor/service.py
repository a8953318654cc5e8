"""Examining this machine."""

from __future__ import annotations

import threading

from local_engine.api.features.doctor.schemas import Examination, MachineFinding

_one_at_a_time = threading.Lock()


def examine() -> Examination:
    """Look at everything; takes a second, because PostgreSQL is really started."""
    from local_engine.runtime import examination

    with _one_at_a_time:
        findings = [MachineFinding(**vars(finding)) for finding in examination.examine()]
    return Examination(findings=findings, ready=all(one.ok for one in findings if one.needed))
