"""Verifying a project for the commands: progress, the table, the reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from local_engine.cli.blueprints import blueprint_file
from local_engine.cli.output import Output
from local_engine.cli.projects import on_the_list

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application
    from local_engine.runtime.preparation import Preparation
    from local_engine.verification import Report

SHOWN_FINDINGS = 5


def verify_running(
    application: Application,
    project: Path,
    output: Output,
    *,
    groups: list[str] | None = None,
    seed: int = 0,
    prepared: Preparation | None = None,
    where: Literal["process", "docker"] = "process",
) -> Report:
    """Start the project on a database of its own, run the checks, show the table.

    `prepared` is what was begun early, so that nobody waits for it.
    """
    from local_engine.cli.jobs import job
    from local_engine.jobs.kinds import verify
    from local_engine.jobs.reports import Reports

    folder = blueprint_file(project).parent
    with output.step("verify") as note, on_the_list(folder, application.name, output) as known:
        request = verify.VerifyRequest(project=known or "", groups=groups, seed=seed, where=where)
        with job(request, folder, output) as (run, own):
            report = verify.verified(run, request, folder, application, prepared)
            if own.is_stored:
                Reports(own.place.home).write(own.place.job, report)
            own.finish(verify.result_of(report))
        note.text = in_words(report)
    show_report(report, output)
    return report


def in_words(report: Report) -> str:
    """The counts in one line, such as `120 passed, 0 failed`."""
    from local_engine.verification import Verdict

    counts = report.counts
    text = f"{counts[Verdict.PASSED]} passed, {counts[Verdict.FAILED]} failed"
    if counts[Verdict.INCONCLUSIVE]:
        text += f", {counts[Verdict.INCONCLUSIVE]} inconclusive"
    return text


def show_report(report: Report, output: Output) -> None:
    """The verification table, and what failed with how to see it again."""
    from local_engine.verification import Verdict

    columns = ["group", ">passed", ">failed", ">inconclusive", ">not applicable", ">seconds"]
    order = (Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE)
    rows = [
        (
            group.group,
            *[str(group.counts[verdict]) for verdict in order],
            f"{group.seconds:.2f}",
        )
        for group in report.groups
    ]
    rows.append(
        ("all", *[str(report.counts[verdict]) for verdict in order], f"{report.seconds:.2f}")
    )
    output.table(columns, rows)
    for finding in report.findings[:SHOWN_FINDINGS]:
        output.line(f"✗ {finding.sentence}", "red")
        output.line(f"  expected {finding.evidence.expected}; found {finding.evidence.found}")
        output.line(f"  checks: {', '.join(finding.checks[:4])}")
    for result in report.results:
        if result.verdict is Verdict.INCONCLUSIVE:
            output.line(f"? {result.check}: {result.reason}", "yellow")


def write_reports(report: Report, folder: Path) -> list[Path]:
    """The report as JSON, as a page and for JUnit readers, in `folder` (made if need be)."""
    from local_engine.projects.atomic_file import write_atomically
    from local_engine.verification.reports.as_html import to_html
    from local_engine.verification.reports.as_json import to_json
    from local_engine.verification.reports.as_junit import to_junit

    texts = {
        "report.json": json.dumps(to_json(report), indent=2, ensure_ascii=False) + "\n",
        "report.html": to_html(report),
        "report.xml": to_junit(report),
    }
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())
    return [folder / name for name in texts]


def report_facts(report: Report) -> dict[str, Any]:
    """The counts, and what is not proved, as plain data."""
    from local_engine.verification import Verdict

    return {
        "verdict": report.verdict.value,
        "counts": {verdict.value: number for verdict, number in report.counts.items()},
        "seconds": round(report.seconds, 3),
        "inconclusive": [
            {"check": result.check, "reason": result.reason}
            for result in report.results
            if result.verdict is Verdict.INCONCLUSIVE
        ],
        "findings": [
            {
                "sentence": finding.sentence,
                "checks": list(finding.checks),
                "expected": finding.evidence.expected,
                "found": finding.evidence.found,
                "curl": finding.evidence.curl,
            }
            for finding in report.findings
        ],
    }
