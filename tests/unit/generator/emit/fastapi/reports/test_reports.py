"""Reports and feeds: one statement over what the actor may read."""

from __future__ import annotations

import pytest
from emitted_module import EmittedModule, project_of

from local_engine.generator.emit import FileTree

SHOP = """
time_zone: Europe/Berlin
accounts: {roles: [boss]}
entities:
  Sale:
    owner: seller
    fields:
      sold_at: datetime
      total: {type: money, sort: true}
      rating: {type: integer, optional: true}
    relations: {seller: {to: User}}
    access: {list: owner, read: [owner, boss], create: authenticated}
reports:
  takings:
    of: Sale
    where: total > 0
    sum: total
    per: ["day(sold_at)", seller]
    period: sold_at
    by: boss
  ratings: {of: Sale, avg: rating, by: authenticated}
  sales: {of: Sale, count: true, per: {who: seller}, by: boss}
feeds:
  best: {of: Sale, where: rating is not None and rating > 3, sort: [-total], by: authenticated}
"""


@pytest.fixture(scope="module")
def shop() -> FileTree:
    return project_of(SHOP)


@pytest.fixture(scope="module")
def takings(shop: FileTree) -> EmittedModule:
    return EmittedModule(shop, "app/reports/takings.py")


def test_only_readable_rows_that_meet_the_condition_count(takings: EmittedModule) -> None:
    sql = takings.constant("REPORT")
    assert "{sales.READABLE}" in sql
    assert "sales.total > 0" in sql


def test_days_are_those_of_the_time_zone_and_the_period_is_half_open(
    takings: EmittedModule,
) -> None:
    sql = takings.constant("REPORT")
    assert "(sales.sold_at AT TIME ZONE 'Europe/Berlin')::date AS day" in sql
    assert "sales.sold_at >= %(from)s" in sql
    assert "sales.sold_at < %(to)s" in sql
    assert "GROUP BY 1, 2" in sql
    assert "'seller_id', report.seller_id" in sql
    assert "ORDER BY report.day, report.seller_id" in sql
    assert "read_period(request.query_params, 'Europe/Berlin')" in takings.function(
        "report_takings"
    )


def test_sums_are_never_null_and_keep_the_places_of_money(takings: EmittedModule) -> None:
    assert "coalesce(sum(sales.total), 0)" in takings.constant("REPORT")
    assert "(report.value, 2)::text" in takings.constant("REPORT")


def test_roles_are_asked_for_before_anything_else(takings: EmittedModule) -> None:
    calls = takings.calls("report_takings")
    assert calls.index("require_role") < calls.index("require_row")


def test_without_keys_there_is_one_row_and_no_parameters(shop: FileTree) -> None:
    ratings = EmittedModule(shop, "app/reports/ratings.py")
    assert "GROUP BY" not in ratings.constant("REPORT")
    assert "round_half_even(report.value, 4)::text" in ratings.constant("REPORT")
    assert "require_no_parameters" in ratings.calls("report_ratings")


def test_keys_can_have_names_of_their_own(shop: FileTree) -> None:
    sales = EmittedModule(shop, "app/reports/sales.py")
    assert "'who', report.who" in sales.constant("REPORT")
    assert "count(*)" in sales.constant("REPORT")


def test_a_feed_is_the_list_of_its_entity_narrowed_and_sorted(shop: FileTree) -> None:
    feed = EmittedModule(shop, "app/feeds/best.py")
    shown = feed.constant("SHOWN")
    assert "READABLE}" in shown
    assert "sales.rating > 3" in shown
    assert "default_sort='-total'" in feed.expression("LIST")
    assert ".LIST" in feed.expression("LIST")
