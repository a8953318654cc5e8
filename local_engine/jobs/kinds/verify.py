"""`verify`: proof that a project does what its Blueprint says, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, Field

from local_engine.jobs.blueprints import read_blueprint
from local_engine.jobs.events import CheckEnded, Progress, StageBegan, StageEnded
from local_engine.jobs.kind import JobRequest, JobResult, Kind, Place
from local_engine.jobs.reports import Reports
from local_engine.jobs.run import JobFailed, Run
from local_engine.jobs.stages import telling_stages
from local_engine.jobs.verified import keep_report, present_version

if TYPE_CHECKING:
    from local_engine.generator.blueprint import Application
    from local_engine.runtime.preparation import Preparation
    from local_engine.verification import Report, Result
    from local_engine.verification.events import Event as VerificationEvent
    from local_engine.verification.registry import Group

SHOWN_FINDINGS = 20

GroupName = Annotated[str, Field(pattern="^[a-z_]{1,40}$")]
Where = Literal["process", "docker"]


class VerifyRequest(JobRequest):
    """Verify this project: all groups of checks or some, within `budget` seconds if given.

    `where` says what is checked: processes of this machine, or containers as they are deployed.
    """

    kind: Literal["verify"] = "verify"
    project: str
    groups: Annotated[list[GroupName] | None, Field(min_length=1, max_length=40)] = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    budget: Annotated[float | None, Field(gt=0, le=86_400)] = None
    where: Where = "process"


class VerifiedFinding(BaseModel):
    """A failure by its cause."""

    sentence: str
    checks: list[str]
    expected: str
    found: str


class VerifyResult(JobResult):
    """The verdict; the whole report is kept under the job's id."""

    kind: Literal["verify"] = "verify"
    verdict: Literal["passed", "failed", "inconclusive", "not_applicable"]
    counts: dict[str, int]
    seconds: float
    findings: list[VerifiedFinding]


def run(run: Run, request: VerifyRequest, place: Place) -> VerifyResult:
    """Start the project for its verification, run the checks, keep the report."""
    application = read_blueprint(place.project).application
    report = verified(run, request, place.project, application)
    with run.stage("report", "Write the report"):
        Reports(place.home).write(place.job, report)
    return result_of(report)


def verified(
    run: Run,
    request: VerifyRequest,
    folder: Path,
    application: Application,
    prepared: Preparation | None = None,
) -> Report:
    """Run the checks of this Blueprint against the project in a folder. Raises `JobFailed`.

    The report of a whole verification is kept with the version that it is about. `prepared` is what
    was begun earlier for it, if anything was.
    """
    from local_engine.runtime.docker.errors import DeploymentError
    from local_engine.runtime.postgres import PostgresError
    from local_engine.runtime.preview import PreviewError

    _require_groups(request)
    version = None if request.groups else present_version(folder)
    try:
        report = _checked(run, request, folder, application, prepared)
    except (PreviewError, PostgresError, DeploymentError) as error:
        first, _, rest = str(error).partition("\n")
        raise JobFailed("not-startable", first, hint=rest) from None
    if version is not None:
        keep_report(folder, version, report)
    return report


def _checked(
    run: Run,
    request: VerifyRequest,
    folder: Path,
    application: Application,
    prepared: Preparation | None,
) -> Report:
    if request.where == "docker":
        from local_engine.runtime.docker.verifying.verification import verify_deployment

        verify = verify_deployment
    else:
        from local_engine.runtime.verifying import verify_project

        verify = partial(verify_project, prepared=prepared)
    return verify(
        application,
        folder,
        groups=request.groups,
        seed=request.seed,
        budget=request.budget,
        on_stage=telling_stages(run),
        on_event=_telling_checks(run),
    )


def more_groups(where: Where) -> tuple[Group, ...]:
    """The groups of checks beyond those of every verification."""
    if where == "process":
        return ()
    from local_engine.runtime.docker.verifying.groups import GROUPS

    return GROUPS


def _require_groups(request: VerifyRequest) -> None:
    from local_engine.verification.run import choose

    try:
        choose(request.groups, more_groups(request.where))
    except ValueError as error:
        raise JobFailed("no-such-group", str(error)) from None


def _telling_checks(run: Run) -> Callable[[VerificationEvent], None]:
    from local_engine.verification import CheckFinished, GroupFinished, GroupStarted

    def on_event(event: VerificationEvent) -> None:
        match event:
            case GroupStarted(group, title, checks):
                run.tell(StageBegan(stage=group, title=title))
                run.tell(Progress(stage=group, done=0, total=checks))
            case CheckFinished(result):
                run.tell(_ended(result))
            case GroupFinished(report):
                run.tell(StageEnded(stage=report.group, seconds=report.seconds))

    return on_event


def _ended(result: Result) -> CheckEnded:
    return CheckEnded(
        check=result.check,
        group=result.group,
        sentence=result.sentence,
        verdict=result.verdict.value,
        reason=result.reason,
        seconds=result.seconds,
    )


def result_of(report: Report) -> VerifyResult:
    """A report in short, as a job's result."""
    findings = [
        VerifiedFinding(
            sentence=finding.sentence,
            checks=list(finding.checks),
            expected=finding.evidence.expected,
            found=finding.evidence.found,
        )
        for finding in report.findings[:SHOWN_FINDINGS]
    ]
    return VerifyResult(
        verdict=report.verdict.value,
        counts={verdict.value: number for verdict, number in report.counts.items()},
        seconds=report.seconds,
        findings=findings,
    )


KIND = Kind("verify", VerifyRequest, run, "isolated")
