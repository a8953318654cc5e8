"""Every example: from its Blueprint to a running service in which every check passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.runtime.preview import verification_controls
from local_engine.verification import Verdict, verify

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
BLUEPRINTS = sorted([*EXAMPLES.glob("[0-9]*/blueprint.yaml"), *EXAMPLES.glob("language/*.yaml")])
STANDARD = {"05-online-store"}


def _name(file: Path) -> str:
    return file.parent.name if file.name == "blueprint.yaml" else file.stem


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(
            file, id=_name(file), marks=() if _name(file) in STANDARD else pytest.mark.full
        )
        for file in BLUEPRINTS
    ],
)
def test_example_is_verified(file: Path, tmp_path: Path) -> None:
    document = load(file.read_text())
    tmp_path.chmod(0o755)
    Project.create(tmp_path / "project", document)
    with verification_controls(tmp_path / "project") as controls:
        report = verify(document.application, controls)
    wrong = [
        f"{result.verdict}: {result.check}: {result.reason}"
        + (
            f" expected {result.evidence.expected}; found {result.evidence.found}"
            if result.evidence
            else ""
        )
        for result in report.results
        if result.verdict in {Verdict.FAILED, Verdict.INCONCLUSIVE}
    ]
    assert not wrong, "\n".join(wrong)
    assert report.counts[Verdict.PASSED] > 50
