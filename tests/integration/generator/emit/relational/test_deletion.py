"""What goes with a row is never in its way, however deep it lies; what stays is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from database_catalog import Connection
from schema_of_text import insert, value, violated

Opened = Callable[[str], Connection]

BOARDS = """
name: Boards
entities:
  Board:
    fields:
      cards: {type: integer, derived: sum(columns.size)}
      mean: {type: decimal, derived: avg(columns.size)}
    relations: {columns: {many: Column}}
    access: {create: public, list: public, read: public, update: public, delete: public}
  Label:
    part_of: board
    fields: {name: string}
    relations: {board: {to: Board}}
  Column:
    part_of: board
    fields: {size: {type: integer, derived: count(cards)}}
    relations: {board: {to: Board}, cards: {many: Card}}
  Card:
    part_of: column
    fields: {hours: {type: integer, derived: sum(checks.hours), never_below: 0}}
    relations:
      column: {to: Column}
      label: {to: Label, optional: true}
      home: {to: Board, optional: true}
      checks: {many: Check, by: card}
  Check:
    part_of: card
    append_only: true
    fields: {hours: integer}
    relations:
      card: {to: Card}
      twin: {to: Card, optional: true}
      label: {to: Label, optional: true}
"""


@dataclass(frozen=True)
class Ids:
    board: str
    label: str
    column: str
    card: str


def _board(connection: Connection) -> Ids:
    board = insert(connection, "boards")
    label = insert(connection, "labels", board_id=board, name="l")
    columns = [insert(connection, "columns", board_id=board) for _ in range(2)]
    cards = [
        insert(connection, "cards", column_id=column, label_id=label, home_id=board)
        for column in columns
        for _ in range(2)
    ]
    for hours in (5, -3, 1):
        insert(
            connection, "checks", card_id=cards[0], hours=hours, twin_id=cards[1], label_id=label
        )
    assert value(connection, "SELECT cards || ' ' || mean FROM boards WHERE id = %s", board) == (
        "4 2.0000"
    )
    return Ids(board, label, columns[0], cards[0])


@pytest.fixture
def connection(opened: Opened) -> Connection:
    return opened(BOARDS)


def test_everything_goes_with_a_board(connection: Connection) -> None:
    first, second = _board(connection), _board(connection)
    connection.execute("DELETE FROM boards WHERE id = %s", (first.board,))
    for table, left in (("labels", 1), ("columns", 2), ("cards", 4), ("checks", 3)):
        assert value(connection, f"SELECT count(*) FROM {table}") == left
    assert value(connection, "SELECT id::text || cards FROM boards") == f"{second.board}4"


def test_all_boards_at_once(connection: Connection) -> None:
    for _ in range(3):
        _board(connection)
    connection.execute("DELETE FROM boards")
    assert value(connection, "SELECT count(*) FROM checks") == 0


def test_sums_of_what_stays_are_kept(connection: Connection) -> None:
    board = _board(connection)
    connection.execute("DELETE FROM columns WHERE id = %s", (board.column,))
    assert value(connection, "SELECT cards || ' ' || mean FROM boards") == "2 2.0000"


def test_what_stays_is_in_the_way(connection: Connection) -> None:
    first, second = _board(connection), _board(connection)
    connection.execute("UPDATE cards SET label_id = %s WHERE id = %s", (first.label, second.card))
    gone = "DELETE FROM boards WHERE id = %s"
    assert violated(connection, gone, first.board) == "cards_label_id_fkey"
    assert value(connection, "SELECT count(*) FROM checks") == 6
    assert value(connection, "SELECT array_agg(cards) FROM boards") == [4, 4]
    assert violated(connection, "DELETE FROM labels") == "cards_label_id_fkey"
