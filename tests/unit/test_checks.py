"""The tiers' runner: a failed static stage is named, fails the run and keeps the tests from it."""

from __future__ import annotations

import checks
import pytest

GOOD = ["python", "-c", "print('ran')"]
BAD = ["python", "-c", "raise SystemExit(3)"]


def run(monkeypatch: pytest.MonkeyPatch, *stages: tuple[str, list[str]]) -> int:
    monkeypatch.setattr(checks, "ensure", lambda _profile: None)
    monkeypatch.setitem(checks.TIERS, "fast", list(stages))
    monkeypatch.setattr("sys.argv", ["checks", "--tier", "fast"])
    return checks.main()


def test_all_stages_pass(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, ("lint", GOOD), ("tests", GOOD)) == 0
    out = capfd.readouterr().out
    assert "-- lint: ok in" in out
    assert out.endswith("ran\n"), "the tests' own summary ends the output"


def test_a_failed_stage_is_named_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, ("lint", BAD), ("types", GOOD), ("tests", GOOD)) == 1
    out = capfd.readouterr().out
    assert "-- lint: FAILED in" in out
    assert out.count("ran") == 1
    assert out.endswith("failed before the tests: lint\n")


def test_failed_tests_fail_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, ("lint", GOOD), ("tests", BAD)) == 1
