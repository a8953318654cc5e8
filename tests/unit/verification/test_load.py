"""The checks of load and of migrations, on notes copied in memory."""

from collections.abc import Iterator

import pytest
from notes_service.application import APPLICATION, NOTE
from notes_service.running import NotesControls, NotesWorld, running
from notes_service.service import Service
from verifying import result_of

from local_engine.verification.checks import Verdict
from local_engine.verification.controls import Row
from local_engine.verification.groups.load import clones

DEFECTS = [
    ("load.size.note", "whole_table"),
    ("load.rows.note", "query_a_row"),
    ("load.p95.note", "slow"),
    ("load.concurrent", "crowd_breaks"),
    ("persistence.migrations", "no_way_back"),
    ("persistence.migrations", "tables_left"),
]


@pytest.fixture
def controls(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotesControls]:
    monkeypatch.setattr("local_engine.verification.groups.load.LARGE", 500)
    with running(Service()) as controls:
        controls.answers["pg_attribute"] = [{"name": "title", "type": "text", "uniquely": False}]
        yield controls


@pytest.mark.parametrize("check", dict.fromkeys(check for check, _ in DEFECTS))
def test_passes_on_a_service_that_conforms(check: str, controls: NotesControls) -> None:
    result = result_of(check, APPLICATION, controls, NotesWorld)

    assert result.verdict is Verdict.PASSED, result.reason


@pytest.mark.parametrize(("check", "defect"), DEFECTS)
def test_fails_on_a_service_with_the_defect(
    check: str, defect: str, controls: NotesControls
) -> None:
    controls.service.defects.add(defect)

    result = result_of(check, APPLICATION, controls, NotesWorld)

    assert result.verdict is Verdict.FAILED, result.reason


def test_rules_that_allow_no_copies_leave_nothing_to_measure(
    controls: NotesControls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(sql: str, _: object = ()) -> list[Row]:
        if sql.startswith("INSERT"):
            raise RuntimeError("duplicate key value")
        return NotesControls.query(controls, sql)

    monkeypatch.setattr(controls, "query", refuse)

    result = result_of("load.size.note", APPLICATION, controls, NotesWorld)

    assert result.verdict is Verdict.NOT_APPLICABLE
    assert "duplicate key value" in result.reason


def test_unique_columns_differ_in_each_copy() -> None:
    statements: list[str] = []

    class Stub(NotesControls):
        def query(self, sql: str, parameters: object = ()) -> list[Row]:
            statements.append(sql)
            if "pg_attribute" in sql:
                return [
                    {"name": "code", "type": "text", "uniquely": True},
                    {"name": "rank", "type": "bigint", "uniquely": True},
                    {"name": "title", "type": "text", "uniquely": False},
                    {"name": "created_at", "type": "timestamp with time zone", "uniquely": False},
                ]
            if sql.startswith("INSERT") and "'-' || n" in sql:
                raise RuntimeError("violates a check")
            return []

    clones.clone(Stub(Service(), 1), NOTE, "1", 10)

    inserts = [sql for sql in statements if sql.startswith("INSERT")]
    assert len(inserts) == 2
    assert 'SELECT n || "code", "rank" + n, "title", "created_at" - n *' in inserts[1]
    assert statements[-1] == 'ALTER TABLE "notes" ENABLE TRIGGER USER'
