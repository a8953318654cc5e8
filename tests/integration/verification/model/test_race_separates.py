"""Each kind of race check passes on a generated project and fails on one that is careless.

Rules that the database keeps are replaced there by code that looks first and writes then; what the
project's own code keeps is taken out of a copy of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_engine.generator.blueprint import Application, load
from local_engine.generator.emit import emit, write
from local_engine.runtime.preview.controls import PreviewControls, verification_controls
from local_engine.verification.checks import Check, Result, Verdict
from local_engine.verification.context import Context
from local_engine.verification.groups.model import GROUP as MODEL
from local_engine.verification.groups.race import GROUP
from local_engine.verification.http import Client
from local_engine.verification.judge import judge
from local_engine.verification.model.world import build_world

BLUEPRINT = Path(__file__).parents[3] / "support/blueprints/contests.yaml"

# Of two that come at the same time the second looks a little later.
LOOKED_FIRST = """
CREATE SEQUENCE turns;
CREATE FUNCTION looked_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_sleep(0.1 * (nextval('turns') % 2));
    IF EXISTS ({taken}) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{rule}', MESSAGE = 'taken';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER looked_first BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION looked_first()
"""
RECOUNTED = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
    SELECT {aggregate} INTO total FROM {table} WHERE {relation} = NEW.{relation};
    UPDATE {above} SET {field} = total WHERE id = NEW.{relation};
    RETURN NULL;
END $$
"""
UNLOCKED_SEATS = """
CREATE OR REPLACE FUNCTION place_at_most() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM places WHERE course_id = NEW.course_id)
        > (SELECT seats FROM courses WHERE id = NEW.course_id)
    THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'place_at_most', MESSAGE = 'full';
    END IF;
    RETURN NULL;
END $$
"""


def looked_first(table: str, rule: str, taken: str, *, of: str = "") -> list[str]:
    """Statements that put a look before a write in the place of a constraint."""
    return [
        f"ALTER TABLE {of or table} DROP CONSTRAINT {rule}",
        LOOKED_FIRST.format(table=table, rule=rule, taken=taken),
    ]


CARELESS_DATABASE: dict[str, list[str]] = {
    "race.unique.course.title.unique": looked_first(
        "courses", "course_title_unique", "SELECT FROM courses WHERE title = NEW.title"
    ),
    "race.no_overlap.booking.no_overlap": looked_first(
        "bookings",
        "booking_no_overlap",
        "SELECT FROM bookings WHERE course_id = NEW.course_id"
        " AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at",
    ),
    "race.at_most.place.at_most": [UNLOCKED_SEATS],
    "race.derived.course.taken": [
        UNLOCKED_SEATS,
        RECOUNTED.format(
            function="places_course_sums",
            aggregate="count(*)",
            table="places",
            relation="course_id",
            above="courses",
            field="taken",
        ),
    ],
}
STOCK_IS_ENOUGH = "\n      AND products.stock - lines.quantity >= 0"
CLAIM = "pg_try_advisory_xact_lock(hashtextextended(%(user)s::text || %(route)s || %(key)s, 0))"
CARELESS_CODE = (
    ("app/operations/pay_in.py", "    FOR NO KEY UPDATE OF accounts\n", ""),
    ("app/operations/pay_out.py", "    FOR NO KEY UPDATE OF accounts\n", ""),
    ("app/orders/transitions.py", "    FOR NO KEY UPDATE OF orders\n", ""),
    ("app/orders/transitions.py", "    FOR NO KEY UPDATE OF products\n", ""),
    (
        "app/orders/transitions.py",
        STOCK_IS_ENOUGH,
        "",
    ),
    (
        "app/core/idempotency.py",
        CLAIM,
        "length(%(user)s::text || %(route)s || %(key)s) > 0",
    ),
)
# Checks of what the code keeps, and what the database must do without for them to fail.
CARELESS_PROJECT: dict[str, list[str]] = {
    "race.state.order.place": [],
    "race.stock.order.place.product.stock": [
        "ALTER TABLE products DROP CONSTRAINT product_stock_min"
    ],
    "race.idempotency.product": [],
    "race.idempotency.pay_in": [],
    "race.never_below.account.balance.never_below": looked_first(
        "entries",
        "account_balance_never_below",
        "SELECT FROM accounts WHERE id = NEW.account_id AND balance + NEW.amount < 0",
        of="accounts",
    ),
    "race.operation.pay_in": [
        RECOUNTED.format(
            function="entries_account_sums",
            aggregate="sum(amount)",
            table="entries",
            relation="account_id",
            above="accounts",
            field="balance",
        ),
    ],
}


@pytest.fixture(scope="module")
def application() -> Application:
    return load(BLUEPRINT.read_text("utf-8")).application


class Arena:
    """A running project with its world, on which single checks are run."""

    def __init__(self, application: Application, controls: PreviewControls, http: Client) -> None:
        self.controls = controls
        self.context = Context(application, controls, http)
        self.context.world = build_world(self.context)
        controls.save_template()
        self.context.reconnect()
        self._checks: dict[str, Check] = {one.id: one for one in GROUP.checks(application)}

    def result(self, check: str, statements: list[str] | None = None) -> Result:
        """The check's result on a fresh database, after these statements."""
        self.context.reset()
        for statement in statements or ():
            self.controls.query(statement)
        return judge(self._checks[check], self.context, ())


def _arena(application: Application, project: Path) -> Iterator[Arena]:
    with verification_controls(project) as controls, Client(controls.base_url) as http:
        yield Arena(application, controls, http)


@pytest.fixture(scope="module")
def careful(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    project = tmp_path_factory.mktemp("careful")
    write(emit(application, BLUEPRINT.read_text("utf-8")), project)
    yield from _arena(application, project)


@pytest.fixture(scope="module")
def careless(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    project = tmp_path_factory.mktemp("careless")
    write(emit(application, BLUEPRINT.read_text("utf-8")), project)
    for file, old, new in CARELESS_CODE:
        text = (project / file).read_text("utf-8")
        assert old in text, f"{file} has no {old!r}: the defect is out of date"
        (project / file).write_text(text.replace(old, new), "utf-8")
    yield from _arena(application, project)


@pytest.mark.parametrize("check", [*CARELESS_DATABASE, *CARELESS_PROJECT])
def test_a_generated_project_is_careful(check: str, careful: Arena) -> None:
    result = careful.result(check)
    assert result.verdict is Verdict.PASSED, result.reason


@pytest.mark.parametrize("check", CARELESS_DATABASE)
def test_a_look_before_a_write_is_not_enough(check: str, careful: Arena) -> None:
    result = careful.result(check, CARELESS_DATABASE[check])
    assert result.verdict is Verdict.FAILED, result.reason or "it passed"
    if not check.startswith("race.derived"):
        # Of the two that were held: it is not luck, as with those that are only sent at once.
        assert result.evidence is not None
        assert result.evidence.found == "201, 201 from requests at once"


@pytest.mark.parametrize("check", CARELESS_PROJECT)
def test_a_lock_that_is_missing_in_the_code_is_found(check: str, careless: Arena) -> None:
    result = careless.result(check, CARELESS_PROJECT[check])
    assert result.verdict is Verdict.FAILED, result.reason or "it passed"


def test_a_failed_commit_is_not_a_success(application: Application, careful: Arena) -> None:
    check = next(one for one in MODEL.checks(application) if one.id == "model.commit.course")
    careful.context.reset()
    assert judge(check, careful.context, ()).verdict is Verdict.PASSED
