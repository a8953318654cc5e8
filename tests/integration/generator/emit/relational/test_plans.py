"""Lists, searches and deletions find their rows by an index."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from database_catalog import Connection
from relational_blueprints import BAKERY, CLINICS
from schema_of_text import USER, application_of

from local_engine.generator.emit.relational.names import search_expression

Opened = Callable[[str], Connection]


def _plan(connection: Connection, statement: str) -> str:
    connection.execute("SET enable_seqscan = off")
    connection.execute("SET enable_sort = off")
    rows = connection.execute(f"EXPLAIN {statement}".encode()).fetchall()
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("cakes ORDER BY created_at DESC, id DESC LIMIT 21", "cakes_created_at_id_idx"),
        ("cakes ORDER BY price, id LIMIT 21", "cakes_price_id_idx"),
        (
            "cakes WHERE flavour = 'lemon' ORDER BY created_at DESC, id DESC LIMIT 21",
            "cakes_flavour_created_at_id_idx",
        ),
        (
            f"orders WHERE customer_id = '{USER}' ORDER BY created_at DESC, id DESC LIMIT 21",
            "orders_customer_id_created_at_id_idx",
        ),
        (
            f"order_lines WHERE order_id = '{USER}' ORDER BY created_at, id LIMIT 21",
            "order_lines_order_id_created_at_id_idx",
        ),
        (f"reviews WHERE cake_id = '{USER}'", "reviews_cake_id"),
        (
            f"order_lines WHERE cake_id = '{USER}' ORDER BY created_at, id LIMIT 21",
            "order_lines_cake_id_created_at_id_idx",
        ),
        (f"cakes WHERE picture_file_id = '{USER}'", "cakes_picture_file_id_idx"),
    ],
)
def test_lists_and_references(opened: Opened, statement: str, index: str) -> None:
    connection = opened(BAKERY)
    plan = _plan(connection, f"SELECT * FROM {statement}")
    assert index in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan


def test_search(opened: Opened) -> None:
    connection = opened(BAKERY)
    cake = application_of(BAKERY).entities["Cake"]
    for alias, source in (("", "cakes"), ("c", "cakes AS c")):
        expression = search_expression(cake, alias)
        condition = f"{expression} LIKE lower('%tört%' COLLATE \"pg_c_utf8\")"
        assert "cakes_search_idx" in _plan(connection, f"SELECT * FROM {source} WHERE {condition}")


def test_the_best_review_is_one_look(opened: Opened) -> None:
    connection = opened(BAKERY)
    plan = _plan(connection, f"SELECT max(stars) FROM reviews WHERE cake_id = '{USER}'")
    assert "reviews_cake_id_stars_idx" in plan
    assert "Limit" in plan


def test_a_tenant_lists_its_own(opened: Opened) -> None:
    connection = opened(CLINICS)
    where = f"WHERE clinic_id = '{USER}' ORDER BY created_at DESC, id DESC LIMIT 21"
    plan = _plan(connection, f"SELECT * FROM patients {where}")
    assert "patients_clinic_id_created_at_id_idx" in plan
    assert "Sort" not in plan
