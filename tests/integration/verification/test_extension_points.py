"""Everybody tries what a person writes: it may do what it likes, but neither break nor open."""

from __future__ import annotations

from pathlib import Path

import pytest
from repository_rules import ROOT

from local_engine.generator.blueprint import Document, load
from local_engine.projects import Project
from local_engine.runtime.preview import verification_controls
from local_engine.verification import Report, Verdict, verify

OPERATIONS = """operations:
  finish_all: {by: authenticated, code: python}
  praise: {on: Todo, by: owner, code: python}
"""
ON_ALL = "access.operation.finish-all.user"
ON_ONE = "access.praise.todo.owner"


@pytest.fixture(scope="module")
def document() -> Document:
    text = (ROOT / "docs/examples/01-todo/blueprint.yaml").read_text("utf-8")
    return load(text + OPERATIONS)


@pytest.fixture
def project(tmp_path: Path, document: Document) -> Path:
    folder = tmp_path / "todo"
    Project.create(folder, document)
    return folder


def with_body(folder: Path, name: str, body: str) -> None:
    path = folder / f"app/extensions/{name}.py"
    lines = path.read_text().splitlines(keepends=True)
    start = [at for at, line in enumerate(lines) if line.strip().endswith('"""')][-1] + 1
    path.write_text("".join(lines[:start]) + f"    {body}\n")


def access(folder: Path, document: Document) -> Report:
    with verification_controls(folder) as controls:
        return verify(document.application, controls, groups=("access",))


def by_verdict(report: Report, verdict: Verdict) -> set[str]:
    return {one.check for one in report.results if one.verdict is verdict}


@pytest.mark.full
def test_what_is_not_written_yet_says_so(project: Path, document: Document) -> None:
    report = access(project, document)
    assert by_verdict(report, Verdict.FAILED) == by_verdict(report, Verdict.INCONCLUSIVE) == set()
    passed = by_verdict(report, Verdict.PASSED)
    assert ON_ALL in passed
    assert ON_ONE in passed


@pytest.mark.full
def test_what_changes_rows_is_no_failure_of_what_comes_after(
    project: Path, document: Document
) -> None:
    everything = 'await connection.execute("UPDATE todos SET done = true, version = version + 1")'
    for name in ("finish_all", "praise"):
        with_body(project, name, everything)
    report = access(project, document)
    assert by_verdict(report, Verdict.FAILED) == by_verdict(report, Verdict.INCONCLUSIVE) == set()


def test_what_breaks_is_found(project: Path, document: Document) -> None:
    for name in ("finish_all", "praise"):
        with_body(project, name, 'await connection.execute("UPDATE nothing SET done = true")')
    failed = by_verdict(access(project, document), Verdict.FAILED)
    assert ON_ALL in failed
    assert ON_ONE in failed
