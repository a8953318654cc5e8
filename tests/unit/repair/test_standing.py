"""What makes one state of a project better than another."""

from __future__ import annotations

from local_engine.repair.standing import Standing, is_better
from local_engine.verification import Report, Result, Verdict
from local_engine.verification.report import GroupReport

NOT_STARTED = Standing(None, "it does not start")


def standing(**verdicts: str) -> Standing:
    results = [
        Result(f"model.{name}", "model", f"{name} holds.", Verdict(verdict))
        for name, verdict in verdicts.items()
    ]
    return Standing(Report("todo", 0, (GroupReport("model", "Model", tuple(results)),)))


def test_more_that_passes_is_better() -> None:
    assert is_better(standing(a="failed", b="passed"), standing(a="passed", b="passed"))
    assert is_better(NOT_STARTED, standing(a="failed"))
    assert not is_better(standing(a="failed"), NOT_STARTED)
    assert not is_better(standing(a="failed"), standing(a="inconclusive"))


def test_what_passed_must_pass_still() -> None:
    before = standing(a="passed", b="failed", c="failed")
    assert not is_better(before, standing(a="failed", b="passed", c="passed"))
    assert not is_better(before, standing(b="passed", c="passed"))


def test_a_check_that_is_not_made_any_more_has_not_been_mended() -> None:
    assert not is_better(standing(a="failed", b="passed"), standing(b="passed"))
    assert not is_better(standing(a="failed", b="passed"), standing(a="inconclusive", b="passed"))
