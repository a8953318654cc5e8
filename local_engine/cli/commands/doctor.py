"""`doctor`: whether this machine has what is needed, and what to do if not."""

from __future__ import annotations

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output


def examine(output: Output) -> int:
    """Print what was found; exit code 3 when something needed is missing."""
    from local_engine.runtime import examination

    findings = []
    for finding in examination.examine():
        findings.append(finding)
        mark = "✓" if finding.ok else "✗" if finding.needed else "–"
        output.line(f"{mark} {finding.name:<12} {finding.text}")
        # What has to be there and is needs no advice; an engine that serves may want some yet.
        if finding.advice and not (finding.ok and finding.needed):
            output.line(f"  → {finding.advice}")
    output.finish({"findings": [vars(finding) for finding in findings]})
    missing = any(finding.needed and not finding.ok for finding in findings)
    return ExitCode.ENVIRONMENT if missing else ExitCode.OK
