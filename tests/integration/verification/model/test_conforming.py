"""World and groups find nothing wrong with a service that does what the Blueprint says."""

from __future__ import annotations

from pathlib import Path

import pytest
from model_server import ModelServer

from local_engine.generator.blueprint import load_file
from local_engine.verification import Verdict, verify
from local_engine.verification.model.world import build_world

EXAMPLES = sorted(Path("docs/examples").glob("*/*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_is_wrong_with_the_model_itself(path: Path) -> None:
    application = load_file(path).application

    with ModelServer(application) as server:
        report = verify(application, server, groups=["access", "model"], make_world=build_world)

    # There is no database behind it in which a commit could fail, and no OpenAPI document.
    unexpected = [
        f"{result.check}: {result.verdict} {result.reason}"
        for result in report.results
        if result.verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE)
        and not result.check.startswith("model.commit.")
    ]
    assert unexpected == []
    assert report.counts[Verdict.PASSED] > 40
