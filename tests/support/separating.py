"""Runs one check on a conforming service and on one with a defect: it must tell them apart."""

from __future__ import annotations

from pathlib import Path

from defective import Defect
from verifying import result_of

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Result, Verdict
from local_engine.verification.model.world import build_world

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


def blueprint(example: str) -> Application:
    """The Blueprint of an example by its folder or file, or of a text."""
    if "\n" in example:
        return load(example).application
    path = EXAMPLES / (f"{example}.yaml" if "/" in example else f"{example}/blueprint.yaml")
    return load(path.read_text("utf-8")).application


def outcome(check: str, application: Application, defect: Defect) -> Result:
    """The result of a check of the application on a service with a defect."""
    with defect.server(application) as server:
        return result_of(check, application, server, build_world)


def assert_separates(check: str, example: str, defect: Defect) -> None:
    """The check passes without the defect and fails with it."""
    application = blueprint(example)

    right = outcome(check, application, Defect())
    wrong = outcome(check, application, defect)

    assert right.verdict is Verdict.PASSED, right.reason
    assert wrong.verdict is Verdict.FAILED, wrong.reason or "it passed"
    assert wrong.evidence is not None
    assert wrong.evidence.curl
