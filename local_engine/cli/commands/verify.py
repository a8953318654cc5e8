"""`verify`: proof that a project does what its Blueprint says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.cli.blueprints import blueprint_file, load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.verification import report_facts, verify_running, write_reports

if TYPE_CHECKING:
    from local_engine.runtime.preparation import Preparation

Where = Literal["process", "docker"]


def verify_project(
    project: Path,
    groups: str | None,
    seed: int,
    folder: Path | None,
    output: Output,
    where: Where = "process",
    prepared: Preparation | None = None,
) -> int:
    """Exit code 0 when nothing failed and nothing was inconclusive."""
    from local_engine.jobs.kinds.verify import more_groups
    from local_engine.verification import Verdict
    from local_engine.verification.run import choose

    if prepared is not None:
        prepared.load(blueprint_file(project).parent)
    document = load_blueprint(project, output)
    chosen = [name.strip() for name in groups.split(",")] if groups else None
    try:
        choose(chosen, more_groups(where))
    except ValueError as failure:
        raise CommandError(str(failure), code=ExitCode.USAGE) from None
    report = verify_running(
        document.application,
        project,
        output,
        groups=chosen,
        seed=seed,
        prepared=prepared,
        where=where,
    )
    facts = report_facts(report)
    if folder:
        facts["reports"] = [str(path) for path in write_reports(report, folder)]
        for path in facts["reports"]:
            output.field("Report", path)
    output.finish(facts)
    return ExitCode.OK if report.verdict is Verdict.PASSED else ExitCode.FAILED
