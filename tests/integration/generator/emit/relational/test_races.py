"""Rules hold when two write at once: the first holds its locks, the second waits, then decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import psycopg
import pytest
from database_catalog import Connection
from racing import Waiting
from relational_blueprints import BAKERY, CLINICS, PROJECTS, SCHOOL
from schema_of_text import USER, add_user, insert, value

from local_engine.runtime.postgres import Database

Opened = Callable[[str], Connection]
Statement = tuple[str, Sequence[object]]
OTHER = USER[:-1] + "2"
ENROL = "INSERT INTO enrolments (course_id, student_id) VALUES (%s, %s)"


def _race(
    database: Database,
    observer: Connection,
    first: Statement,
    second: Statement,
    *,
    commit: bool = True,
) -> str:
    """The second's outcome after the first, whose locks it has to wait for, has ended."""
    with psycopg.connect(database.url) as holder:
        holder.execute(first[0].encode(), first[1])
        waiting = Waiting(database.url, second[0], *second[1])
        assert waiting.is_blocked(observer), f"does not wait: {second[0]}"
        if commit:
            holder.commit()
        else:
            holder.rollback()
    return waiting.outcome()


@pytest.fixture
def school(opened: Opened) -> tuple[Connection, str]:
    connection = opened(SCHOOL)
    add_user(connection, OTHER)
    return connection, insert(connection, "courses", title="Latin", seats=1)


@pytest.mark.parametrize(("commit", "outcome"), [(True, "enrolment_at_most"), (False, "done")])
def test_the_last_seat(
    school: tuple[Connection, str], database: Database, commit: bool, outcome: str
) -> None:
    connection, course = school
    first, second = (ENROL, [course, USER]), (ENROL, [course, OTHER])
    assert _race(database, connection, first, second, commit=commit) == outcome


def test_lowering_the_seats_while_somebody_enrols(
    school: tuple[Connection, str], database: Database
) -> None:
    connection, course = school
    lower: Statement = ("UPDATE courses SET seats = 0", [])
    enrol: Statement = (ENROL, [course, USER])
    assert _race(database, connection, enrol, lower) == "enrolment_at_most"
    connection.execute("DELETE FROM enrolments")
    assert _race(database, connection, lower, enrol) == "enrolment_at_most"


def test_closing_while_somebody_enrols(school: tuple[Connection, str], database: Database) -> None:
    connection, course = school
    close: Statement = ("UPDATE courses SET closed = true", [])
    enrol: Statement = (ENROL, [course, USER])
    assert _race(database, connection, enrol, close) == "done"
    connection.execute("DELETE FROM enrolments")
    connection.execute("UPDATE courses SET closed = false")
    assert _race(database, connection, close, enrol) == "enrolment_check"


def test_at_most_altogether(school: tuple[Connection, str], database: Database) -> None:
    connection, course = school
    insert(connection, "courses", title="Greek", seats=1, closed=True)
    other = insert(connection, "courses", title="Art", seats=1)
    close = "UPDATE courses SET closed = true WHERE id = %s"
    assert _race(database, connection, (close, [course]), (close, [other])) == "course_at_most"


def test_the_same_value_twice(opened: Opened, database: Database) -> None:
    connection = opened(BAKERY)
    cake = (
        "INSERT INTO cakes (name, flavour, price, stock, code) VALUES ('T', 'lemon', 1, 1, 'AB-1')"
    )
    assert _race(database, connection, (cake, []), (cake, [])) == "cake_code_unique"


def test_the_last_piece(opened: Opened, database: Database) -> None:
    connection = opened(BAKERY)
    insert(connection, "cakes", name="T", flavour="lemon", price=1, stock=1, code="AB-1")
    take = "UPDATE cakes SET stock = stock - 1"
    assert _race(database, connection, (take, []), (take, [])) == "cake_stock_min"


def test_an_average_of_reviews_written_at_once(opened: Opened, database: Database) -> None:
    connection = opened(BAKERY)
    cake = insert(connection, "cakes", name="T", flavour="lemon", price=1, stock=1, code="AB-1")
    review = "INSERT INTO reviews (cake_id, author_id, stars) VALUES (%s, %s, %s)"
    first, second = (review, [cake, USER, 1]), (review, [cake, USER, 4])
    assert _race(database, connection, first, second) == "done"
    assert value(connection, "SELECT rating || ' ' || best FROM cakes") == "2.50 4"


def test_a_balance_is_not_spent_twice(opened: Opened, database: Database) -> None:
    connection = opened(CLINICS)
    clinic = insert(connection, "clinics", name="C")
    patient = insert(connection, "patients", clinic_id=clinic, name="P", insurance_no="1")
    book = "INSERT INTO bookings (clinic_id, patient_id, amount) VALUES (%s, %s, %s)"
    connection.execute(book.encode(), (clinic, patient, 10))
    spend = (book, [clinic, patient, -10])
    assert _race(database, connection, spend, spend) == "patient_credit_never_below"
    assert value(connection, "SELECT credit FROM patients") == 0


def test_a_dentist_has_one_appointment_at_a_time(opened: Opened, database: Database) -> None:
    connection = opened(CLINICS)
    clinic = insert(connection, "clinics", name="C")
    patient = insert(connection, "patients", clinic_id=clinic, name="P", insurance_no="1")
    dentist = insert(connection, "staff_members", clinic_id=clinic, user_id=USER, role="dentist")
    book = (
        "INSERT INTO appointments (clinic_id, patient_id, dentist_id, starts_at, ends_at) "
        "VALUES (%s, %s, %s, '2030-01-01 10:00+00', '2030-01-01 11:00+00')"
    )
    booked = (book, [clinic, patient, dentist])
    assert _race(database, connection, booked, booked) == "appointment_no_overlap"
    connection.execute("DELETE FROM appointments")
    demote: Statement = ("UPDATE staff_members SET role = 'manager'", [])
    assert _race(database, connection, demote, booked) == "appointment_dentist_where"


def test_a_patient_books_the_last_appointment_twice(opened: Opened, database: Database) -> None:
    connection = opened(CLINICS)
    clinic = insert(connection, "clinics", name="C")
    patient = insert(connection, "patients", clinic_id=clinic, name="P", insurance_no="1")
    dentist = insert(connection, "staff_members", clinic_id=clinic, user_id=USER, role="dentist")
    book = (
        "INSERT INTO appointments (clinic_id, patient_id, dentist_id, starts_at, ends_at) "
        "VALUES (%s, %s, %s, '2030-01-01'::date + %s::integer, '2030-01-02'::date + %s::integer)"
    )
    for day in (0, 1):
        connection.execute(book.encode(), (clinic, patient, dentist, day, day))
    first, second = ((book, [clinic, patient, dentist, day, day]) for day in (2, 3))
    assert _race(database, connection, first, second) == "appointment_at_most"


def test_closing_while_a_lesson_is_planned(
    school: tuple[Connection, str], database: Database
) -> None:
    """The rule reads the course and nothing else touches it: its own lock must do."""
    connection, course = school
    close: Statement = ("UPDATE courses SET closed = true", [])
    plan = (
        "INSERT INTO lessons (course_id, room, on_day, begins, ends) "
        "VALUES (%s, 'A', '2999-01-01', now(), now() + interval '1 hour')"
    )
    assert _race(database, connection, close, (plan, [course])) == "lesson_check"
    connection.execute("UPDATE courses SET closed = false")
    assert _race(database, connection, (plan, [course]), close) == "done"


def _all_at_once(database: Database, work: Sequence[Sequence[Statement]]) -> list[str]:
    """The outcomes of lists of statements, each list in a connection and thread of its own."""
    outcomes: list[str] = []

    def run(statements: Sequence[Statement]) -> None:
        with psycopg.connect(database.url, autocommit=True) as own:
            for statement, parameters in statements:
                try:
                    own.execute(statement.encode(), list(parameters))
                    outcomes.append("done")
                except psycopg.Error as error:
                    outcomes.append(error.diag.constraint_name or type(error).__name__)

    threads = [threading.Thread(target=run, args=(part,)) for part in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_children_that_swap_parents_never_deadlock(opened: Opened, database: Database) -> None:
    connection = opened(PROJECTS)
    projects = sorted(insert(connection, "projects") for _ in range(2))
    tasks = [insert(connection, "tasks", project_id=projects[0], hours=1, rate=1) for _ in "ab"]
    move = "UPDATE tasks SET project_id = %s WHERE id = %s"
    work = [
        [(move, (projects[(step + turn) % 2], task)) for step in range(60)]
        for turn, task in enumerate(tasks)
    ]
    assert _all_at_once(database, work) == ["done"] * 120
    assert value(connection, "SELECT sum(hours) FROM projects") == 2


def test_readers_of_a_row_that_they_change_never_deadlock(
    opened: Opened, database: Database
) -> None:
    """Each new task reads its project for a rule and then adds to its sums."""
    connection = opened(PROJECTS)
    project = insert(connection, "projects")
    new = "INSERT INTO tasks (project_id, hours, rate) VALUES (%s, 1, 1)"
    assert _all_at_once(database, [[(new, (project,))] * 25] * 4) == ["done"] * 100
    assert value(connection, "SELECT hours FROM projects") == 100


def test_a_crowd_enrols_without_a_deadlock(
    school: tuple[Connection, str], database: Database
) -> None:
    """Each write reads the course for a rule, counts for another, and changes it for a third."""
    connection, course = school
    connection.execute("UPDATE courses SET seats = 25")
    people = [f"00000000-0000-7000-9000-{number:012d}" for number in range(48)]
    for person in people:
        add_user(connection, person)
    work = [[(ENROL, (course, person)) for person in people[part::6]] for part in range(6)]
    outcomes = _all_at_once(database, work)
    assert outcomes == ["done"] * 25 + ["enrolment_at_most"] * 23
    assert value(connection, "SELECT places_taken FROM courses") == 25
