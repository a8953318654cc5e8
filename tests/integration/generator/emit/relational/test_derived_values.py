"""Derived values equal what is worked out from all rows, whatever is written."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import pytest
from database_catalog import Connection
from relational_blueprints import BAKERY, PROJECTS
from schema_of_text import USER, insert, value, violated

Opened = Callable[[str], Connection]
STEPS = 150


def _rounded(number: Fraction, places: int) -> Decimal:
    """Half to even."""
    scaled = number * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    double = 2 * rest
    up = double > scaled.denominator or (double == scaled.denominator and whole % 2 == 1)
    return Decimal(whole + up).scaleb(-places)


@dataclass
class Writer:
    """Writes at random, through statements as a service would send them."""

    connection: Connection
    chance: random.Random

    def ids(self, table: str) -> list[str]:
        rows = self.connection.execute(f"SELECT id::text FROM {table} ORDER BY id".encode())
        return [row[0] for row in rows.fetchall()]

    def some(self, table: str) -> str | None:
        """A row, or now and then none."""
        found = self.ids(table)
        return self.chance.choice(found) if found and self.chance.random() < 0.9 else None

    def hours(self) -> Decimal:
        return Decimal(self.chance.randrange(0, 400_000)).scaleb(-4)

    def due(self) -> dt.date | None:
        days = self.chance.randrange(30)
        return dt.date(2030, 1, 1) + dt.timedelta(days) if days else None

    def step(self) -> None:
        """One write of any kind."""
        writes: list[Callable[[], object]] = [
            lambda: insert(self.connection, "portfolios"),
            lambda: insert(self.connection, "projects", portfolio_id=self.some("portfolios")),
            self.new_task,
            self.new_task,
            self.new_entry,
            self.new_entry,
            lambda: self.change("tasks", "hours", self.hours()),
            lambda: self.change("tasks", "done", self.chance.random() < 0.5),
            lambda: self.change("tasks", "due_on", self.due()),
            lambda: self.change("tasks", "project_id", self.some("projects")),
            lambda: self.change("projects", "portfolio_id", self.some("portfolios")),
            self.move_entry,
            lambda: self.connection.execute("UPDATE tasks SET rate = rate + 0.01, hours = 1.5"),
            lambda: self.remove("entries"),
            lambda: self.remove("tasks"),
            lambda: self.remove("projects", 0.2),
            lambda: self.remove("portfolios", 0.2),
        ]
        self.chance.choice(writes)()

    def move_entry(self) -> None:
        tasks = self.ids("tasks")
        if tasks:
            self.change("entries", "task_id", self.chance.choice(tasks))

    def new_task(self) -> None:
        insert(
            self.connection,
            "tasks",
            project_id=self.some("projects"),
            hours=self.hours(),
            rate=Decimal(self.chance.randrange(10_000)).scaleb(-2),
            due_on=self.due(),
        )

    def new_entry(self) -> None:
        task = self.some("tasks")
        if task is not None:
            minutes = self.chance.randrange(-1000, 1001)
            insert(self.connection, "entries", task_id=task, minutes=minutes)

    def change(self, table: str, column: str, new: Any) -> None:
        row = self.some(table)
        statement = f"UPDATE {table} SET {column} = %s WHERE id = %s"
        self.connection.execute(statement.encode(), (new, row))

    def remove(self, table: str, chance: float = 0.5) -> None:
        if self.chance.random() < chance:
            statement = f"DELETE FROM {table} WHERE id = %s"
            self.connection.execute(statement.encode(), (self.some(table),))


def _rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    return connection.execute(statement.encode()).fetchall()


def _expected_project(tasks: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """hours, rounded_hours, cost, minutes, open_tasks, mean, first_due, last_due."""
    hours = [Fraction(task[1]) for task in tasks]
    due = [task[5] for task in tasks if task[5] is not None]
    open_due = [task[5] for task in tasks if task[5] is not None and not task[4]]
    return (
        _rounded(sum(hours, Fraction()), 4),
        _rounded(sum(hours, Fraction()), 1),
        sum((task[3] for task in tasks), Decimal(0)),
        sum(task[2] for task in tasks),
        sum(not task[4] for task in tasks),
        _rounded(sum(hours, Fraction()) / len(hours), 3) if hours else None,
        min(due, default=None),
        max(open_due, default=None),
    )


def _check(connection: Connection) -> None:
    entries = _rows(connection, "SELECT task_id, minutes FROM entries")
    tasks = _rows(
        connection, "SELECT project_id, hours, minutes, cost, done, due_on, id, rate FROM tasks"
    )
    for task in tasks:
        assert task[2] == sum(minutes for of, minutes in entries if of == task[6])
        product = (task[1] * task[7]).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert task[3] == product
    projects = _rows(
        connection,
        "SELECT id, portfolio_id, hours, rounded_hours, cost, minutes, open_tasks, mean, "
        "first_due, last_due FROM projects",
    )
    for project in projects:
        assert project[2:] == _expected_project([t for t in tasks if t[0] == project[0]])
    for portfolio, hours, finished in _rows(
        connection, "SELECT id, hours, finished FROM portfolios"
    ):
        own = [project for project in projects if project[1] == portfolio]
        assert hours == sum((project[2] for project in own), Decimal(0))
        assert finished == sum(project[6] == 0 for project in own)


@pytest.mark.parametrize("seed", range(4))
def test_values_stay_right(opened: Opened, seed: int) -> None:
    connection = opened(PROJECTS)
    writer = Writer(connection, random.Random(seed))
    for step in range(STEPS):
        writer.step()
        if step % 5 == 4:
            _check(connection)
    assert len(writer.ids("tasks")) > 3


def test_many_rows_in_one_statement(opened: Opened) -> None:
    connection = opened(PROJECTS)
    projects = [insert(connection, "projects") for _ in range(2)]
    connection.execute(
        "INSERT INTO tasks (project_id, hours, rate) "
        "SELECT (ARRAY[%s, %s]::uuid[])[n %% 2 + 1], n, 1 FROM generate_series(1, 99) AS n",
        projects,
    )
    _check(connection)
    connection.execute("UPDATE tasks SET hours = hours + 1, done = hours > 50")
    _check(connection)
    connection.execute("UPDATE tasks SET project_id = %s WHERE hours > 30", projects[:1])
    _check(connection)
    connection.execute("DELETE FROM tasks WHERE hours < 70")
    _check(connection)


def test_the_version_of_the_parent_rises_once_for_each_change(opened: Opened) -> None:
    connection = opened(PROJECTS)
    project = insert(connection, "projects")
    task = insert(connection, "tasks", project_id=project, hours=1, rate=0)
    before = value(connection, "SELECT version FROM projects")
    connection.execute("UPDATE tasks SET rate = 0 WHERE id = %s", (task,))
    assert value(connection, "SELECT version FROM projects") == before
    insert(connection, "entries", task_id=task, minutes=5)
    assert value(connection, "SELECT version FROM projects") == before + 1


def test_rules_of_the_parent_do_not_hinder_its_children(opened: Opened) -> None:
    """A derived value is no write of the row; its own rules are asked when somebody writes it."""
    connection = opened(PROJECTS)
    portfolio = insert(connection, "portfolios")
    project = insert(connection, "projects", portfolio_id=portfolio)
    connection.execute("UPDATE portfolios SET closed = true")
    insert(connection, "tasks", project_id=project, hours=1, rate=1)
    assert value(connection, "SELECT hours FROM portfolios") == 1
    connection.execute("UPDATE projects SET name = name")  # changes nothing, so it is no write
    assert violated(connection, "UPDATE projects SET name = 'x'") == "project_check"
    another = "INSERT INTO projects (portfolio_id) VALUES (%s)"
    assert violated(connection, another, portfolio) == "project_check"


def test_a_sum_may_not_go_below_its_bound(opened: Opened) -> None:
    text = """
name: Bank
entities:
  Account:
    fields: {balance: {type: money, derived: sum(entries.amount), never_below: 0}}
    relations: {entries: {many: Entry}}
    access: {list: public, read: public, create: public, delete: public}
  Entry:
    part_of: account
    append_only: true
    fields: {amount: {type: money, nonzero: true}}
    relations: {account: {to: Account}}
    access: {create: public}
"""
    connection = opened(text)
    account = insert(connection, "accounts")
    book = "INSERT INTO entries (account_id, amount) VALUES (%s, %s)"
    assert violated(connection, book, account, "-0.01") == "account_balance_never_below"
    connection.execute(book.encode(), (account, "10.00"))
    connection.execute(book.encode(), (account, "-10.00"))
    assert violated(connection, book, account, "-0.01") == "account_balance_never_below"
    most = "999999999999999.99"
    connection.execute(book.encode(), (account, most))
    assert violated(connection, book, account, "0.01") == "account_balance_range"
    connection.execute("DELETE FROM accounts")
    assert value(connection, "SELECT count(*) FROM entries") == 0


def test_lines_and_reviews(opened: Opened) -> None:
    connection = opened(BAKERY)
    cake = insert(connection, "cakes", name="T", flavour="lemon", price=1, stock=1, code="AB-1")
    order = insert(connection, "orders", customer_id=USER)
    insert(connection, "order_lines", order_id=order, cake_id=cake, quantity=3, unit_price="0.35")
    shown = "SELECT total || ' ' || gross || ' ' || many FROM orders"
    assert value(connection, shown) == "1.05 0.30 1"
    for stars in (1, 2, 2):
        insert(connection, "reviews", author_id=USER, cake_id=cake, stars=stars)
    assert value(connection, "SELECT rating || ' ' || best FROM cakes") == "1.67 2"
    connection.execute("DELETE FROM reviews")
    assert value(connection, "SELECT rating IS NULL AND best IS NULL FROM cakes")
