"""Limits of fields and rules over one row, as the database keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from database_catalog import Connection
from relational_blueprints import BAKERY, SCHOOL
from schema_of_text import USER, application_of, insert, value, violated

from local_engine.generator.emit.relational import rules_of

Opened = Callable[[str], Connection]

CAKE: dict[str, Any] = {
    "name": "Torte",
    "flavour": "lemon",
    "price": "4.50",
    "stock": 3,
    "code": "AB-1",
}

LIMITS = [
    ("name", "", "cake_name_min"),
    ("name", "x" * 81, "cake_name_max"),
    ("flavour", "vanilla", "cake_flavour_values"),
    ("price", "0.00", "cake_price_min"),
    ("price", "1000000000000000.00", "cake_price_max"),
    ("stock", -1, "cake_stock_min"),
    ("stock", 2**53, "cake_stock_max"),
    ("code", "AB1", "cake_code_pattern"),
    ("code", "xAB-1", "cake_code_pattern"),
    ("code", "AB-1\n", "cake_code_pattern"),
    ("sizes", '["a", "b", "c", "d"]', "cake_sizes_max"),
    ("sizes", '"a"', "cake_sizes_list"),
]


def _statement(values: dict[str, Any]) -> str:
    places = ", ".join(["%s"] * len(values))
    return f"INSERT INTO cakes ({', '.join(values)}) VALUES ({places})"


@pytest.mark.parametrize(("column", "wrong", "constraint"), LIMITS)
def test_a_limit_is_kept_and_named(
    opened: Opened, column: str, wrong: object, constraint: str
) -> None:
    connection = opened(BAKERY)
    insert(connection, "cakes", **CAKE)
    values = CAKE | {"code": "AB-2", column: wrong}
    assert violated(connection, _statement(values), *values.values()) == constraint
    told = {entry.constraint: entry for entry in rules_of(application_of(BAKERY))}
    assert told[constraint].rule_id == constraint.replace("_", ".", 2)


def test_the_edges_of_limits_are_in(opened: Opened) -> None:
    connection = opened(BAKERY)
    edges = CAKE | {"name": "ä" * 80, "price": "0.01", "stock": 0, "sizes": '["a", "b", "c"]'}
    insert(connection, "cakes", **edges)
    largest = CAKE | {"price": "999999999999999.99", "stock": 2**53 - 1, "code": "ZZ-" + "9" * 17}
    insert(connection, "cakes", **largest)


def test_unique_and_state_and_references(opened: Opened) -> None:
    connection = opened(BAKERY)
    cake = insert(connection, "cakes", **CAKE)
    assert violated(connection, _statement(CAKE), *CAKE.values()) == "cake_code_unique"
    order = insert(connection, "orders", customer_id=USER)
    assert violated(connection, "UPDATE orders SET status = 'eaten'") == "order_status"
    line = "INSERT INTO order_lines (order_id, cake_id, quantity, unit_price) VALUES (%s, %s, 1, 1)"
    connection.execute(line.encode(), (order, cake))
    assert violated(connection, line, order, cake) == "order_line_unique"
    assert violated(connection, line, cake, cake) == "order_lines_order_id_fkey"
    assert violated(connection, "DELETE FROM cakes") == "order_lines_cake_id_fkey"
    connection.execute("DELETE FROM orders")
    assert value(connection, "SELECT count(*) FROM order_lines") == 0


def test_texts_compare_by_code_point(opened: Opened) -> None:
    connection = opened(BAKERY)
    for number, name in enumerate(["a", "Z", "ä", "B", "b"]):
        insert(connection, "cakes", **CAKE | {"name": name, "code": f"AB-{number}"})
    names = connection.execute("SELECT name FROM cakes ORDER BY name").fetchall()
    assert [name for (name,) in names] == sorted(["a", "Z", "ä", "B", "b"])


def test_the_version_rises_when_a_value_changes_and_only_then(opened: Opened) -> None:
    connection = opened(BAKERY)
    cake = insert(connection, "cakes", **CAKE)
    connection.execute("UPDATE cakes SET price = 4.5, name = 'Torte'")
    assert value(connection, "SELECT version FROM cakes") == 1
    connection.execute("UPDATE cakes SET price = 4.51")
    shown = "SELECT version || ' ' || (updated_at > created_at)::text FROM cakes"
    assert value(connection, shown) == "2 true"
    insert(connection, "reviews", cake_id=cake, author_id=USER, stars=5)
    assert value(connection, "SELECT version FROM cakes") == 3


def test_a_file_goes_with_its_row_and_when_it_is_replaced(opened: Opened) -> None:
    connection = opened(BAKERY)
    content = "INSERT INTO files (content, content_type) VALUES ('x', 'image/png') RETURNING id"
    first, second = value(connection, content), value(connection, content)
    insert(connection, "cakes", **CAKE, picture_file_id=first)
    connection.execute("UPDATE cakes SET picture_file_id = %s", (second,))
    assert connection.execute("SELECT id FROM files").fetchall() == [(second,)]
    assert value(connection, "SELECT version FROM cakes") == 2
    connection.execute("DELETE FROM cakes")
    assert value(connection, "SELECT count(*) FROM files") == 0


def test_a_rule_over_another_row(opened: Opened) -> None:
    connection = opened(SCHOOL)
    course = insert(connection, "courses", title="Latin", seats=5, closed=True)
    statement = "INSERT INTO enrolments (course_id, student_id) VALUES (%s, %s)"
    assert violated(connection, statement, course, USER) == "enrolment_check"
    connection.execute("UPDATE courses SET closed = false")
    connection.execute(statement.encode(), (course, USER))
    connection.execute("UPDATE courses SET closed = true")
    connection.execute("UPDATE enrolments SET note = 'the rule is for creation alone'")


def test_a_rule_with_the_clock(opened: Opened) -> None:
    connection = opened(SCHOOL)
    course = insert(connection, "courses", title="Latin", seats=5)
    statement = (
        "INSERT INTO lessons (course_id, room, begins, ends, on_day) "
        "VALUES (%s, 'A1', now(), now() + interval '1 hour', "
        "(now() AT TIME ZONE 'Europe/Berlin')::date + %s::integer)"
    )
    assert violated(connection, statement, course, -1) == "lesson_not_past"
    connection.execute(statement.encode(), (course, 0))
    connection.execute("UPDATE lessons SET on_day = on_day - 10")


def test_half_open_intervals(opened: Opened) -> None:
    connection = opened(SCHOOL)
    course = insert(connection, "courses", title="Latin", seats=5)
    other = insert(connection, "courses", title="Greek", seats=5)
    statement = (
        "INSERT INTO lessons (course_id, room, on_day, begins, ends) "
        "VALUES (%s, 'A1', '2999-01-01', date '2030-1-1' + %s::time, date '2030-1-1' + %s::time)"
    )
    connection.execute(statement.encode(), (course, "10:00", "11:00"))
    connection.execute(statement.encode(), (course, "11:00", "12:00"))
    connection.execute(statement.encode(), (other, "10:30", "11:30"))
    assert violated(connection, statement, course, "10:30", "10:31") == "lesson_no_overlap"
    order = "lesson_no_overlap_order"
    assert violated(connection, statement, course, "14:00", "14:00") == order
    assert violated(connection, statement, course, "14:00", "13:00") == order
    entry = next(e for e in rules_of(application_of(SCHOOL)) if e.constraint == order)
    assert (entry.rule_id, entry.status) == ("lesson.no_overlap", 422)


def test_a_reference_to_a_row_of_the_same_kind(opened: Opened) -> None:
    connection = opened(SCHOOL)
    course, other = (insert(connection, "courses", title=t, seats=5) for t in ("a", "b"))
    friend = insert(connection, "enrolments", course_id=course, student_id=USER)
    statement = "INSERT INTO enrolments (course_id, student_id, friend_id) VALUES (%s, %s, %s)"
    assert violated(connection, statement, other, USER, friend) == "enrolment_friend_same"
    connection.execute(
        "INSERT INTO users (id, email, password_hash) VALUES (uuidv7(), 'b@example.org', 'x')"
    )
    another = value(connection, "SELECT id FROM users WHERE email = 'b@example.org'")
    connection.execute(statement.encode(), (course, another, friend))
    moved = "UPDATE enrolments SET course_id = %s WHERE friend_id IS NOT NULL"
    assert violated(connection, moved, other) == "enrolment_friend_same"
    connection.execute("DELETE FROM enrolments WHERE id = %s", (friend,))
    assert value(connection, "SELECT friend_id FROM enrolments") is None


def test_links_go_with_either_row(opened: Opened) -> None:
    connection = opened(SCHOOL)
    course = insert(connection, "courses", title="a", seats=5)
    topics = [insert(connection, "topics", name=name) for name in ("x", "y")]
    for topic in topics:
        connection.execute("INSERT INTO courses_topics VALUES (%s, %s)", (course, topic))
    related = "INSERT INTO topics_related (topic_id, linked_topic_id) VALUES (%s, %s)"
    connection.execute(related.encode(), topics)
    connection.execute("DELETE FROM topics WHERE name = 'y'")
    assert value(connection, "SELECT count(*) FROM courses_topics") == 1
    assert value(connection, "SELECT count(*) FROM topics_related") == 0
    connection.execute("DELETE FROM courses")
    assert value(connection, "SELECT count(*) FROM courses_topics") == 0
