"""What actions require stays true until they commit, however others write at the same time.

In each test somebody else has written and not yet committed when the action begins. The action must
wait and then see it: otherwise both would be done, which no order of the two gives.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from emitted_service import SignIn, created, refusal
from killing import eventually
from reference_project import Project

BLUEPRINT = "tests/support/blueprints/requirements.yaml"

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Evening:
    """The ids of an evening and all that it has."""

    venue: str
    evening: str
    guest: str
    dish: str
    menu: str
    tag: str


@pytest.fixture
def ann(sign_in: SignIn) -> httpx.Client:
    return sign_in("ann")


@pytest.fixture
def evening(ann: httpx.Client) -> Evening:
    """An evening with one guest and one dish."""
    venue = created(ann, "/venues", name="Hall", seats=2)["id"]
    evening = created(ann, "/evenings", name="Monday", venue_id=venue)["id"]
    guest = created(ann, "/guests", name="Bob", evening_id=evening)["id"]
    menu = created(ann, "/menus", name="Soup", price=60)["id"]
    dish = created(ann, "/dishes", guest_id=guest, menu_id=menu)["id"]
    tag = created(ann, "/tags", name="jazz")["id"]
    return Evening(venue, evening, guest, dish, menu, tag)


def meanwhile(
    project: Project, held: Connection, sql: str, action: Callable[[], httpx.Response]
) -> httpx.Response:
    """The answer to an action that begins while `sql` is carried out, but not yet committed."""
    held.execute(sql.encode())
    me = held.info.backend_pid

    def waits() -> bool:
        with psycopg.connect(project.database_url) as observer:
            found = observer.execute(
                "SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", (me,)
            ).fetchone()
        return found is not None or answer.done()

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(action)
        assert eventually(waits, 10)
        held.commit()
        return answer.result()


_ANOTHER_GUEST = "INSERT INTO guests (name, evening_id) VALUES ('Eve', '{evening}')"
_ANOTHER_EVENING = "INSERT INTO evenings (name, venue_id) VALUES ('Sunday', '{venue}')"
_ANOTHER_DISH = "INSERT INTO dishes (guest_id, menu_id) VALUES ('{guest}', '{menu}')"
_LINK = "INSERT INTO {links} VALUES ('{evening}', '{tag}')"


@pytest.mark.parametrize(
    ("write", "transition", "requirement"),
    [
        ("UPDATE guests SET paid = false WHERE id = '{guest}'", "confirm", "_2"),
        ("UPDATE venues SET open = false WHERE id = '{venue}'", "confirm", "_3"),
        ("DELETE FROM guests WHERE id = '{guest}'", "confirm", ""),
        (_ANOTHER_DISH, "price", ""),
        ("UPDATE menus SET price = 100 WHERE id = '{menu}'", "price", ""),
        (_LINK, "label", ""),
    ],
)
def test_a_transition_waits_for_what_it_requires(
    ann: httpx.Client,
    evening: Evening,
    project: Project,
    held: Connection,
    write: str,
    transition: str,
    requirement: str,
) -> None:
    if "DELETE" in write:
        held.execute(f"DELETE FROM dishes WHERE id = '{evening.dish}'".encode())
        held.commit()
    sql = write.format(**vars(evening), links=_links(held))
    path = f"/evenings/{evening.evening}/{transition}"
    answer = meanwhile(project, held, sql, lambda: ann.post(path))
    assert refusal(answer) == (409, f"evening.{transition}.require{requirement}")


def test_nobody_comes_while_an_evening_is_dropped(
    ann: httpx.Client, project: Project, held: Connection, evening: Evening
) -> None:
    empty = created(ann, "/evenings", name="Friday", venue_id=evening.venue)["id"]
    sql = _ANOTHER_GUEST.format(evening=empty)
    answer = meanwhile(project, held, sql, lambda: ann.post(f"/evenings/{empty}/drop"))
    assert refusal(answer) == (409, "evening.drop.require")


def test_an_operation_waits_for_what_its_references_have(
    ann: httpx.Client, project: Project, held: Connection
) -> None:
    venue = created(ann, "/venues", name="Empty hall")["id"]
    sql = _ANOTHER_EVENING.format(venue=venue)
    answer = meanwhile(
        project,
        held,
        sql,
        lambda: ann.post("/operations/close-venue", json={"venue_id": venue}),
    )
    assert refusal(answer) == (409, "close_venue.require")


def test_an_operation_waits_for_what_is_beyond_its_row(
    ann: httpx.Client, project: Project, held: Connection, evening: Evening
) -> None:
    sql = _ANOTHER_EVENING.format(venue=evening.venue)
    path = f"/evenings/{evening.evening}/count-seats"
    answer = meanwhile(project, held, sql, lambda: ann.post(path))
    assert refusal(answer) == (409, "count_seats.require")


def test_readers_of_the_same_rows_do_not_wait_for_one_another(
    ann: httpx.Client, held: Connection, evening: Evening
) -> None:
    held.execute("SELECT FROM venues WHERE id = %s FOR SHARE", (evening.venue,))
    assert ann.post(f"/evenings/{evening.evening}/confirm").status_code == 200


def _links(connection: Connection) -> str:
    row = connection.execute(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'tag_id'"
    ).fetchone()
    connection.commit()
    assert row is not None
    return str(row[0])
