"""Breaches made by hand in generated code are caught by the verifier."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from breach_table import TABLE
from breaches import Breach

from local_engine.generator.blueprint import load
from local_engine.projects import ProjectFolder, generate
from local_engine.runtime.preview import verification_controls
from local_engine.verification import Verdict, verify

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.mark.parametrize(
    "breach",
    [
        pytest.param(breach, id=breach.id, marks=() if breach.standard else pytest.mark.full)
        for breach in TABLE
    ],
)
def test_breach_is_caught(breach: Breach, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    document = load((EXAMPLES / breach.example / "blueprint.yaml").read_text())
    project = tmp_path / "project"
    generate(document, ProjectFolder(project))
    breach.edit(project)
    with verification_controls(project) as controls:
        report = verify(document.application, controls, groups=breach.groups)
    failed = [result.check for result in report.results if result.verdict is Verdict.FAILED]
    assert any(re.search(breach.caught_by, check) for check in failed), (
        f"failed: {failed}; all: {report.counts}"
    )
