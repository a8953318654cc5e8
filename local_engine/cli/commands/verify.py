"""`verify`: proof that a project does what its Blueprint says."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from local_engine.cli.blueprints import load_blueprint
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.verification import report_facts, verify_running, write_reports
from local_engine.runtime.guarding.forking import ForkServer, forking

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application

Where = Literal["process", "docker"]


def verify_project(
    project: Path,
    groups: str | None,
    seed: int,
    folder: Path | None,
    output: Output,
    where: Where = "process",
) -> int:
    """Exit code 0 when nothing failed and nothing was inconclusive."""
    document = load_blueprint(project, output)
    with forking() if where == "process" else nullcontext() as forks:
        return _verify(document.application, project, groups, seed, folder, output, forks, where)


def _verify(
    application: Application,
    project: Path,
    groups: str | None,
    seed: int,
    folder: Path | None,
    output: Output,
    forks: ForkServer | None,
    where: Where,
) -> int:
    from local_engine.jobs.kinds.verify import more_groups
    from local_engine.verification import Verdict
    from local_engine.verification.run import choose

    chosen = [name.strip() for name in groups.split(",")] if groups else None
    try:
        choose(chosen, more_groups(where))
    except ValueError as failure:
        raise CommandError(str(failure), code=ExitCode.USAGE) from None
    report = verify_running(
        application, project, output, groups=chosen, seed=seed, forks=forks, where=where
    )
    facts = report_facts(report)
    if folder:
        facts["reports"] = [str(path) for path in write_reports(report, folder)]
        for path in facts["reports"]:
            output.field("Report", path)
    output.finish(facts)
    return ExitCode.OK if report.verdict is Verdict.PASSED else ExitCode.FAILED
