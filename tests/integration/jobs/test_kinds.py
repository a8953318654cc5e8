"""Each kind of jobs on a real project, called off at several points, and killed."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest
from killing import alive, eventually, line_of, python

from local_engine.jobs import Job, Jobs, JobStatus
from local_engine.jobs.events import CheckEnded, Failed, Found, Interrupted, StageBegan
from local_engine.jobs.kinds.generate import GenerateRequest
from local_engine.jobs.kinds.plan import PlanRequest
from local_engine.jobs.kinds.preview import PreviewRequest
from local_engine.jobs.kinds.verify import VerifyRequest
from local_engine.projects import Project
from local_engine.runtime.preview import list_previews, stop_preview

PROJECT = "todo"
FAST_GROUPS = ["boot", "access"]


def outcome(jobs: Jobs, job: Job) -> Job:
    """The job once it has ended."""
    for _ in jobs.feed.follow(job.id):
        pass
    return jobs.get(job.id)


def until_stage(jobs: Jobs, job: Job, stage: str) -> None:
    """Wait until a stage has begun."""
    for event in jobs.feed.follow(job.id):
        if isinstance(event.event, StageBegan) and event.event.stage == stage:
            return
    raise AssertionError(f"the job ended before {stage}")


def test_planning_tells_what_it_finds(jobs: Jobs) -> None:
    job = jobs.start(PlanRequest(prompt="A blog with posts and comments"))
    events = [event.event for event in jobs.feed.follow(job.id)]
    entities = [event.facts["entity"] for event in events if isinstance(event, Found)]
    assert {"Post", "Comment"} <= set(entities)
    result = jobs.get(job.id).result
    assert result is not None
    assert "Comment" in result["blueprint"]


def test_a_prompt_that_says_nothing_fails_in_words(jobs: Jobs) -> None:
    job = jobs.start(PlanRequest(prompt="????"))
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert last.event.code == "not-understood"


def test_generating_writes_what_the_blueprint_says(jobs: Jobs, project: Path) -> None:
    blueprint = project / "blueprint.yaml"
    text = blueprint.read_text("utf-8").replace("title:", "headline:")
    blueprint.write_text(text, "utf-8")
    found = outcome(jobs, jobs.start(GenerateRequest(project=PROJECT, allow_drop=True)))
    assert found.status is JobStatus.SUCCEEDED
    assert found.result is not None
    assert found.result["migration"]


def test_a_blueprint_with_problems_fails_with_their_lines(jobs: Jobs, project: Path) -> None:
    (project / "blueprint.yaml").write_text("blueprint: 1\nname: X\nentitys: {}\n", "utf-8")
    job = jobs.start(GenerateRequest(project=PROJECT))
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert last.event.code == "invalid-blueprint"
    assert [problem["line"] for problem in last.event.problems]


def test_verifying_gives_checks_and_a_report(jobs: Jobs) -> None:
    job = jobs.start(VerifyRequest(project=PROJECT, groups=FAST_GROUPS))
    events = [event.event for event in jobs.feed.follow(job.id)]
    checks = [event for event in events if isinstance(event, CheckEnded)]
    found = jobs.get(job.id)
    assert found.result is not None, events[-1]
    assert found.result["verdict"] == "passed"
    assert len(checks) == sum(found.result["counts"].values())
    report = jobs.reports.find(job.id, "json")
    assert report is not None
    assert json.loads(report.read_text("utf-8"))["verdict"] == "passed"
    assert jobs.reports.find(job.id, "html")
    assert jobs.reports.find(job.id, "xml")


def test_the_report_of_a_whole_verification_stays_with_the_version_that_was_verified(
    jobs: Jobs, project: Path
) -> None:
    store = Project(project)
    (project / "notes.txt").write_text("mine, and not noticed yet\n")
    job = jobs.start(VerifyRequest(project=PROJECT, budget=1.0))
    until_stage(jobs, job, "boot")
    verified = store.head()
    assert verified.record.title == "Edited notes.txt", "what was edited before is verified, too"
    (project / "notes.txt").write_text("mine, changed meanwhile\n")
    newer = store.notice()
    assert newer is not None
    found = outcome(jobs, job)
    assert found.result is not None
    report = store.report(verified)
    assert report is not None
    kept = jobs.reports.find(job.id, "json")
    assert kept is not None
    assert json.loads(report)["verdict"] == found.result["verdict"]
    assert json.loads(report)["counts"] == json.loads(kept.read_text("utf-8"))["counts"]
    assert store.find(verified.id).record.verdict == found.result["verdict"]
    assert store.head().id == newer.id
    assert (store.report(newer), store.head().record.verdict) == (None, None)


def test_a_group_that_there_is_not_is_told(jobs: Jobs) -> None:
    job = jobs.start(VerifyRequest(project=PROJECT, groups=["nothing"]))
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert last.event.code == "no-such-group"


@pytest.mark.parametrize("stage", ["database", "migrate", "serve", "boot", "access"])
def test_a_verification_is_called_off_at_any_point(jobs: Jobs, home: Path, stage: str) -> None:
    job = jobs.start(VerifyRequest(project=PROJECT, groups=FAST_GROUPS))
    until_stage(jobs, job, stage)
    started = time.monotonic()
    jobs.cancel(job.id)
    assert outcome(jobs, job).status is JobStatus.CANCELLED
    assert time.monotonic() - started < 15.0
    assert left(home) == []


def test_a_preview_runs_on_when_its_job_is_done(jobs: Jobs) -> None:
    found = outcome(jobs, jobs.start(PreviewRequest(project=PROJECT)))
    assert found.result is not None
    assert httpx.get(f"{found.result['url']}/ready", trust_env=False).status_code == 200
    assert [state.name for state in list_previews()] == [found.result["name"]]
    again = jobs.start(PreviewRequest(project=PROJECT))
    *_, last = jobs.feed.follow(again.id)
    assert isinstance(last.event, Failed)
    assert "runs already" in last.event.detail
    stop_preview(found.result["name"])
    assert list_previews() == []


def test_it_ends_with_the_engine(jobs: Jobs, home: Path) -> None:
    found = outcome(jobs, jobs.start(PreviewRequest(project=PROJECT)))
    assert found.result is not None
    jobs.close("stopped", 15.0)
    assert not alive(found.result["pid"])
    assert left(home) == []


@pytest.mark.parametrize("stage", ["database", "migrate", "serve"])
def test_a_start_is_called_off_at_any_point(jobs: Jobs, home: Path, stage: str) -> None:
    job = jobs.start(PreviewRequest(project=PROJECT))
    until_stage(jobs, job, stage)
    jobs.cancel(job.id)
    assert outcome(jobs, job).status is JobStatus.CANCELLED
    assert list_previews() == []
    assert left(home) == []


def test_a_worker_that_is_killed_fails_its_job(jobs: Jobs, home: Path) -> None:
    job = jobs.start(VerifyRequest(project=PROJECT, groups=FAST_GROUPS))
    until_stage(jobs, job, "boot")
    (worker,) = workers(os.getpid())
    worker.kill()
    *_, last = jobs.feed.follow(job.id)
    assert isinstance(last.event, Failed)
    assert last.event.code == "worker-died"
    assert eventually(lambda: nothing_left(home), 10)


ENGINE = """
import sys
from pathlib import Path
from local_engine.jobs import Jobs
from local_engine.jobs.events import StageBegan
from local_engine.jobs.kinds.preview import PreviewRequest
from local_engine.jobs.kinds.verify import VerifyRequest
home, project, kind, stage = sys.argv[1:]
jobs = Jobs(Path(home), lambda _: Path(project))
request = PreviewRequest(project="todo") if kind == "preview" else VerifyRequest(project="todo")
job = jobs.start(request)
for event in jobs.feed.follow(job.id):
    if isinstance(event.event, StageBegan) and event.event.stage == stage:
        print(job.id, flush=True)
    if event.event.type == "succeeded":
        print(job.id, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("verify", "migrate"),
        pytest.param("verify", "access", marks=pytest.mark.full),
        ("preview", "serve"),
        pytest.param("preview", "never", marks=pytest.mark.full),
    ],
)
def test_a_killed_engine_leaves_nothing_but_an_interrupted_job(
    home: Path, project: Path, kind: str, stage: str
) -> None:
    with python(ENGINE, str(home), str(project), kind, stage) as engine:
        job = line_of(engine)
        engine.send_signal(signal.SIGKILL)
        engine.wait()
        assert eventually(lambda: nothing_left(home), 15)
    jobs = Jobs(home, lambda _: project)
    found = jobs.get(job)
    if stage == "never":
        assert found.status is JobStatus.SUCCEEDED
    else:
        *_, last = jobs.feed.follow(job)
        assert isinstance(last.event, Interrupted)
    assert list_previews() == []
    if kind == "preview":
        again = outcome(jobs, jobs.repeat(job))
        assert again.status is JobStatus.SUCCEEDED
    jobs.close("the test ended", 15.0)


def workers(parent: int) -> list[psutil.Process]:
    """The living worker processes of an engine."""
    return [one for one in psutil.Process(parent).children() if _works(one)]


def _works(process: psutil.Process) -> bool:
    """Whether this is a worker: one that just ended may be there still, without its words."""
    try:
        return any("local_engine.jobs.worker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def nothing_left(home: Path) -> bool:
    """Whether no process works for this data folder any more."""
    return not left(home)


def left(home: Path) -> list[list[str]]:
    """The commands of the processes that work for this data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            environment = process.environ()
            gone = process.status() == psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if process.pid == os.getpid() or gone:
            continue
        own = environment.get("BACKEND_GENERATOR_HOME") == str(home)
        if own or any(str(home) in word for word in words):
            found.append(words)
    return found
