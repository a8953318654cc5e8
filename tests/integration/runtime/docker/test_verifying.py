"""A project is verified in containers of its own, beside its deployment."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from deployment_mutants import TOGETHER, Mutation
from docker_engine import Deployed
from generated_project import make_project
from killing import line_of, python

from local_engine.generator.blueprint import load_file
from local_engine.runtime.docker import managing
from local_engine.runtime.docker.place import DeploymentPlace
from local_engine.runtime.docker.sweeping import sweep
from local_engine.runtime.docker.verifying.siblings import Siblings
from local_engine.runtime.docker.verifying.verification import verify_deployment
from local_engine.verification import Verdict

if TYPE_CHECKING:
    from docker import APIClient

pytestmark = pytest.mark.docker

VERIFY = """
import sys
from pathlib import Path
from local_engine.generator.blueprint import load_file
from local_engine.runtime.docker.verifying.verification import verify_deployment

def tell(event):
    print(type(event).__name__, flush=True)

folder = Path(sys.argv[1])
application = load_file(folder / "blueprint.yaml").application
verify_deployment(application, folder, groups=["access"], on_event=tell)
"""


@pytest.mark.parametrize(
    "groups",
    [["boot", "image"], pytest.param(None, marks=pytest.mark.full)],
    ids=["sample", "all"],
)
def test_what_passes_in_a_preview_passes_in_containers(
    deployed: Deployed, groups: list[str] | None
) -> None:
    application = load_file(deployed.project / "blueprint.yaml").application
    report = verify_deployment(application, deployed.project, groups=groups)
    assert report.verdict is Verdict.PASSED, [one.sentence for one in report.findings]
    (beside,) = managing.list_deployments()
    assert beside.parts.keys() == deployed.deployment.parts.keys()  # the user's own one
    assert beside.status == "running"
    assert list(DeploymentPlace.asides()) == []


@pytest.mark.full
@pytest.mark.parametrize("mutations", TOGETHER, ids=["first", "second"])
def test_what_only_a_deployment_shows_is_found(
    engine: APIClient, mutations: Sequence[Mutation], tmp_path: Path
) -> None:
    """The conforming deployment passes all of it: the test before this one."""
    assert engine.ping()
    project = make_project(tmp_path / "todo")
    for mutation in mutations:
        mutation.apply(project)
    application = load_file(project / "blueprint.yaml").application
    report = verify_deployment(application, project, groups=["image", "deployment"])
    verdicts = {one.check: (one.verdict, one.reason) for one in report.results}
    missed = {
        mutation.found_by: verdicts[mutation.found_by]
        for mutation in mutations
        if verdicts[mutation.found_by][0] is not Verdict.FAILED
    }
    assert not missed, verdicts


@pytest.mark.full
def test_a_killed_verification_is_cleared_away(
    left: Callable[[], list[str]], tmp_path: Path
) -> None:
    project = make_project(tmp_path / "todo")
    with python(VERIFY, str(project)) as process:
        line_of(process)
        process.send_signal(signal.SIGKILL)
    assert left()
    sweep()
    assert left() == []
    assert list(DeploymentPlace.asides()) == []


@pytest.mark.full
def test_replicas_of_which_one_is_never_asked_show_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine itself asks it whether it is well, and that is in its log."""

    @contextmanager
    def apart(siblings: Siblings) -> Iterator[str]:
        with siblings.one() as identity:
            siblings.wait_until_ready(identity)
            time.sleep(11)  # the image has its health looked after each 10 s
            yield identity

    monkeypatch.setattr(Siblings, "replica", apart)
    application = load_file(deployed.project / "blueprint.yaml").application
    report = verify_deployment(application, deployed.project, groups=["deployment"])
    found = {one.check: (one.verdict, one.reason) for one in report.results}
    for check in ("sessions", "idempotency", "throttling"):
        shown = (Verdict.INCONCLUSIVE, "one of the two replicas was never asked")
        assert found[f"deployment.replicas.{check}"] == shown
