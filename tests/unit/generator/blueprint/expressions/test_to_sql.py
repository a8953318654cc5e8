"""The SQL of each construct, as it will be read in migrations and queries."""

from __future__ import annotations

import pytest
from expression_agreement.backends import sql_names
from expression_agreement.world import WorldScope, WorldTables

from local_engine.generator.blueprint.expressions import check, round_to
from local_engine.generator.blueprint.expressions.sql_functions import SQL_FUNCTIONS
from local_engine.generator.blueprint.expressions.table_names import (
    Record,
    RowById,
    RowOf,
    TableNames,
    Value,
)
from local_engine.generator.blueprint.expressions.to_sql import compile_sql, to_sql


def sql(text: str, names: TableNames | None = None) -> str:
    return to_sql(check(text, WorldScope(), time_zone="Europe/Berlin"), names or sql_names())


LINES = "FROM lines AS l WHERE l.item_id = i.id"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stock", "i.stock"),
        ("stock + 1 - small * 2", "i.stock + 1 - i.small * 2"),
        ("(stock + 1) * (small - (2 - stock))", "(i.stock + 1) * (i.small - (2 - i.stock))"),
        ("-(stock + 1) - -small", "-(i.stock + 1) - -i.small"),
        ("-(-stock)", "-(-i.stock)"),
        ("stock - -3", "i.stock - -3"),
        ("2147483647 + 1", "2147483647::bigint + 1"),
        ("len(title) * len(title)", "length(i.title)::bigint * length(i.title)"),
        ("len(title) + 1", "length(i.title) + 1"),
        ("stock // 7", "i.stock / 7"),
        ("stock % 7", "mod(i.stock, 7)"),
        ("small // 7", "floor_divide(i.small, 7)"),
        ("small % 7", "floor_modulo(i.small, 7)::bigint"),
        ("price % 7", "floor_modulo(i.price, 7)"),
        ("price / stock * 2", "divide_half_even(i.price, i.stock) * 2"),
        ("round(price * 0.19, 2)", "round_half_even(i.price * 0.19, 2)"),
        ("round(price)", "round_half_even(i.price, 0)::bigint"),
        ("abs(small)", "abs(i.small)"),
        ("stock == 3", "i.stock = 3"),
        ("stock != 3", "i.stock <> 3"),
        ("1 < stock <= 5", "1 < i.stock AND i.stock <= 5"),
        ("(stock > 3) == done", "(i.stock > 3) = i.done"),
        ("stock in [1, -2]", "i.stock IN (1, -2)"),
        ("title not in ['a', 'b']", "i.title NOT IN ('a', 'b')"),
        ('title == "it\'s 100%"', "i.title = 'it''s 100%%'"),
        ("title < 'b'", "i.title COLLATE \"C\" < 'b'"),
        ("lower(title) == 'b'", "lower(i.title COLLATE \"pg_unicode_fast\") = 'b'"),
        (
            "title < lower(title)",
            'i.title COLLATE "C" < lower(i.title COLLATE "pg_unicode_fast") COLLATE "C"',
        ),
        ("'a' in tags", "i.tags ? 'a'"),
        ("'a' not in tags", "NOT (i.tags ? 'a')"),
        ("status == 'open'", "i.status = 'open'"),
        ("note is None", "i.note IS NULL"),
        ("parent is not None", "i.parent_id IS NOT NULL"),
        ("not done", "NOT i.done"),
        ("not (stock > 3)", "i.stock <= 3"),
        ("not (done and stock > 3)", "NOT (i.done AND i.stock > 3)"),
        ("not (note is None)", "i.note IS NOT NULL"),
        ("done or stock > 3 and small < 1", "i.done OR i.stock > 3 AND i.small < 1"),
        ("(done or stock > 3) and small < 1", "(i.done OR i.stock > 3) AND i.small < 1"),
        ("1 if done else 2", "CASE WHEN i.done THEN 1 ELSE 2 END"),
        ("title if done else None", "CASE WHEN i.done THEN i.title ELSE NULL END"),
        ("coalesce(note, title)", "coalesce(i.note, i.title)"),
        ("min(stock, 3)", "least(i.stock, 3)"),
        ("max(title, 'a')", "greatest(i.title COLLATE \"C\", 'a')"),
        ("at > now() + hours(2)", "i.at > %(now)s::timestamptz + interval '2 hours'"),
        ("at - days(1) > now()", "i.at - interval '1 day' > %(now)s::timestamptz"),
        ("at + minutes(stock) > at", "i.at + i.stock * interval '1 minute' > i.at"),
        ("at + hours(big) > at", "i.at + checked_count(i.big, 2400000) * interval '1 hour' > i.at"),
        ("at - at < lasts", "i.at - i.at < i.lasts"),
        (
            "(at - at) / hours(1)",
            (
                "divide_half_even(extract(epoch FROM i.at - i.at),"
                " extract(epoch FROM interval '1 hour'))"
            ),
        ),
        ("born_on + days(3)", "i.born_on + 3"),
        ("born_on + days(stock)", "(i.born_on + i.stock * interval '1 day')::date"),
        (
            "born_on - born_on > days(3)",
            "(i.born_on - i.born_on) * interval '1 day' > interval '3 days'",
        ),
        ("(born_on - born_on) // days(1) * price", "(i.born_on - i.born_on) * i.price"),
        ("day(at)", "(i.at AT TIME ZONE 'Europe/Berlin')::date"),
        ("day(at + hours(1))", "((i.at + interval '1 hour') AT TIME ZONE 'Europe/Berlin')::date"),
        ("month(at)", "date_trunc('month', i.at AT TIME ZONE 'Europe/Berlin')::date"),
        ("month(born_on)", "date_trunc('month', i.born_on::timestamp)::date"),
        ("year(at)", "extract(year FROM i.at AT TIME ZONE 'Europe/Berlin')::integer"),
        ("year(born_on)", "extract(year FROM i.born_on)::integer"),
        ("born_on > '2026-02-28'", "i.born_on > date '2026-02-28'"),
        ("at > '2026-02-28T13:00:00+01:00'", "i.at > timestamptz '2026-02-28 12:00:00+00'"),
        ("opens < '08:30'", "i.opens < time '08:30:00'"),
        (
            "code == '00000000-0000-0000-0000-000000000005'",
            "i.code = uuid '00000000-0000-0000-0000-000000000005'",
        ),
        ("input.x > 3", "%(x)s::numeric > 3"),
        (
            "owner.email == title",
            "(SELECT u.email FROM users AS u WHERE u.id = i.owner_id) = i.title",
        ),
        (
            "input.item.owner.age",
            (
                "(SELECT u.age FROM items AS i2 JOIN users AS u ON u.id = i2.owner_id"
                " WHERE i2.id = %(item)s::uuid)"
            ),
        ),
        (
            "user is not None and user == owner",
            "%(user)s::uuid IS NOT NULL AND %(user)s::uuid = i.owner_id",
        ),
        ("count(lines)", f"(SELECT count(*) {LINES})"),
        (
            "count(lines, where=quantity > stock)",
            f"(SELECT count(*) {LINES} AND l.quantity > i.stock)",
        ),
        ("sum(lines.amount)", f"(SELECT coalesce(sum(l.amount), 0) {LINES})"),
        ("sum(lines.quantity)", f"(SELECT coalesce(sum(l.quantity), 0)::bigint {LINES})"),
        ("sum(lines.took)", f"(SELECT coalesce(sum(l.took), interval '0') {LINES})"),
        ("avg(lines.amount)", f"(SELECT divide_half_even(sum(l.amount), count(l.amount)) {LINES})"),
        ("max(lines.note)", f'(SELECT max(l.note COLLATE "C") {LINES})'),
        ("any(lines.quantity > 3)", f"EXISTS (SELECT 1 {LINES} AND l.quantity > 3)"),
        ("not any(lines)", f"NOT EXISTS (SELECT 1 {LINES})"),
        ("all(lines.quantity > 3)", f"NOT EXISTS (SELECT 1 {LINES} AND l.quantity <= 3)"),
        (
            "all(lines.quantity > 3, where=note is None or quantity > 1)",
            (
                f"NOT EXISTS (SELECT 1 {LINES} AND (l.note IS NULL OR l.quantity > 1)"
                " AND l.quantity <= 3)"
            ),
        ),
        (
            "any(lines.quantity // small > 3)",
            f"(SELECT coalesce(bool_or(floor_divide(l.quantity, i.small) > 3), false) {LINES})",
        ),
        (
            "count(lines, where=7 // small > quantity)",
            f"(SELECT count(l.id) FILTER (WHERE floor_divide(7, i.small) > l.quantity) {LINES})",
        ),
        (
            "sum(lines.parts.size)",
            (
                "(SELECT coalesce(sum(p.size), 0)::bigint FROM lines AS l, parts AS p"
                " WHERE l.item_id = i.id AND p.line_id = l.id)"
            ),
        ),
        (
            "count(labels, where=weight > 3)",
            (
                "(SELECT count(*) FROM labels AS l JOIN item_labels AS il ON il.label_id = l.id"
                " WHERE il.item_id = i.id AND l.weight > 3)"
            ),
        ),
        (
            "count(lines, where=count(item.lines) > 1)",
            (
                "(SELECT count(*) FROM lines AS l WHERE l.item_id = i.id"
                " AND (SELECT count(*) FROM lines AS l2 WHERE l2.item_id = l.item_id) > 1)"
            ),
        ),
    ],
)
def test_sql(text: str, expected: str) -> None:
    assert sql(text) == expected


def test_guarded_divisions_keep_their_order() -> None:
    assert sql("small != 0 and done and 7 / small > 1") == (
        "CASE WHEN i.small <> 0 AND i.done THEN divide_half_even(7, i.small) > 1 ELSE false END"
    )
    assert sql("small == 0 or 7 / small > 1") == (
        "CASE WHEN i.small = 0 THEN true ELSE divide_half_even(7, i.small) > 1 END"
    )


def test_parameters_are_hidden_from_the_planner_only_where_they_could_fail_too_early() -> None:
    assert sql("input.n != 0 and 7 // input.n > 1") == (
        "CASE WHEN %(n)s::bigint <> 0 THEN floor_divide(7, %(n)s::bigint) > 1 ELSE false END"
    )
    assert sql("small != 0 and 7 // input.n > 1") == (
        "CASE WHEN i.small <> 0 THEN floor_divide(7, (SELECT %(n)s::bigint)) > 1 ELSE false END"
    )


def test_the_row_of_a_trigger() -> None:
    names = TableNames(WorldTables(), RowOf("Item", "NEW", variable=True), parameters=False)
    assert sql("at > now() and title != '5%'", names) == "NEW.at > now() AND NEW.title <> '5%'"
    assert sql("owner.age > 18", names) == (
        "(SELECT u.age FROM users AS u WHERE u.id = NEW.owner_id) > 18"
    )
    assert sql("count(lines) < 3", names) == (
        "(SELECT count(*) FROM lines AS l WHERE l.item_id = NEW.id) < 3"
    )


def test_a_row_that_is_known_by_its_id() -> None:
    names = TableNames(
        WorldTables(),
        RowById("Item", "%(item_id)s::uuid"),
        {"input": Record({"n": Value("%(n)s::bigint")}), "user": RowById("User", "NULL::uuid")},
    )
    assert sql("stock > input.n", names) == (
        "(SELECT i.stock FROM items AS i WHERE i.id = %(item_id)s::uuid) > %(n)s::bigint"
    )
    assert sql("owner.age", names) == (
        "(SELECT u.age FROM items AS i JOIN users AS u ON u.id = i.owner_id"
        " WHERE i.id = %(item_id)s::uuid)"
    )
    assert sql("count(owner.items)", names) == (
        "(SELECT count(*) FROM items AS i WHERE i.owner_id ="
        " (SELECT i.owner_id FROM items AS i WHERE i.id = %(item_id)s::uuid))"
    )
    assert sql("user is not None and 'admin' in user.roles", names) == (
        "NULL::uuid IS NOT NULL AND 'admin' = ANY"
        " ((SELECT u.roles FROM users AS u WHERE u.id = NULL::uuid)::text[])"
    )


def test_a_name_without_sql_is_an_error() -> None:
    with pytest.raises(KeyError, match="stock"):
        sql("stock > 1", TableNames(WorldTables()))


def test_the_functions_that_are_called_are_told() -> None:
    assert not compile_sql(check("stock > 1", WorldScope()), sql_names()).functions
    text = "small // 2 + small % 2 + round(price) > 1 and price / 3 > 1 and at + days(big) > at"
    code = compile_sql(check(text, WorldScope()), sql_names())
    assert code.functions == set(SQL_FUNCTIONS)
    assert all(f"{function.name}(" in code.text for function in SQL_FUNCTIONS)


def test_functions_can_be_dropped() -> None:
    assert SQL_FUNCTIONS[0].drop == "DROP FUNCTION divide_half_even(numeric, numeric);"


def test_rounding_for_storage() -> None:
    expression = round_to(check("price * ratio", WorldScope()), 2)
    assert to_sql(expression, sql_names()) == "round_half_even(i.price * i.ratio, 2)"
