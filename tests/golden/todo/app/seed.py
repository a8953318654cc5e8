"""Demo data: `python -m app seed`."""

from typing import Any

from app.core.db import Connection
from app.profile import PROFILE
from app.rows.demo import Demo, Kind, Row
from app.todos import repository as todos
from app.todos.schemas import TodoCreate

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"roles": ["admin"]},
    "david": {"roles": []},
    "ben": {"roles": ["admin"]},
    "clara": {"roles": []},
}

KINDS = {"todo": Kind(todos.create, TodoCreate)}

ROWS: list[Row] = [
    Row("todo", "anna", {"title": "Prepare the monthly report"}),
    Row(
        "todo",
        "david",
        {
            "title": "Call the supplier back",
            "description": "A first version; comments are welcome.",
            "done": True,
            "due_on": "2026-08-23",
        },
    ),
    Row("todo", "anna", {"title": "Water the plants"}),
    Row(
        "todo",
        "ben",
        {
            "title": "Book the meeting room",
            "description": "Everything that was asked for is in here.",
            "done": False,
            "due_on": "2026-08-29",
        },
    ),
    Row(
        "todo",
        "clara",
        {
            "title": "Renew the insurance",
            "description": "The short version: it works, and it is worth it.",
            "done": True,
            "due_on": "2026-09-01",
        },
    ),
    Row("todo", "david", {"title": "Clean up the archive"}),
    Row(
        "todo",
        "anna",
        {
            "title": "Order printer paper",
            "description": "Some of it is new, most of it has stood the test of time.",
            "done": False,
            "due_on": "2026-09-07",
        },
    ),
    Row(
        "todo",
        "ben",
        {
            "title": "Plan the summer party",
            "description": "We agreed on this in the last meeting.",
            "done": True,
            "due_on": "2026-09-10",
        },
    ),
    Row("todo", "clara", {"title": "Review the budget"}),
    Row(
        "todo",
        "david",
        {
            "title": "Update the website",
            "description": "The details follow as soon as they are known.",
            "done": False,
            "due_on": "2026-09-16",
        },
    ),
    Row(
        "todo",
        "anna",
        {
            "title": "Reply to the survey",
            "description": "Started in spring, finished a little later than planned.",
            "done": True,
            "due_on": "2026-09-19",
        },
    ),
    Row("todo", "ben", {"title": "Fix the squeaking door"}),
    Row(
        "todo",
        "clara",
        {
            "title": "Return the library books",
            "description": "Arrived in good time and just as described.",
            "done": False,
            "due_on": "2026-09-25",
        },
    ),
    Row(
        "todo",
        "david",
        {
            "title": "Write the newsletter",
            "description": "A first version; comments are welcome.",
            "done": True,
            "due_on": "2026-09-28",
        },
    ),
    Row("todo", "anna", {"title": "Check the smoke detectors"}),
    Row(
        "todo",
        "ben",
        {
            "title": "Sort the photos",
            "description": "Everything that was asked for is in here.",
            "done": False,
            "due_on": "2026-10-04",
        },
    ),
    Row(
        "todo",
        "clara",
        {
            "title": "Compare electricity offers",
            "description": "The short version: it works, and it is worth it.",
            "done": True,
            "due_on": "2026-10-07",
        },
    ),
    Row("todo", "david", {"title": "Bake a birthday cake"}),
    Row(
        "todo",
        "anna",
        {
            "title": "Replace the light bulbs",
            "description": "Some of it is new, most of it has stood the test of time.",
            "done": False,
            "due_on": "2026-10-13",
        },
    ),
    Row(
        "todo",
        "ben",
        {
            "title": "Pick up the parcel",
            "description": "We agreed on this in the last meeting.",
            "done": True,
            "due_on": "2026-10-16",
        },
    ),
    Row("todo", "clara", {"title": "Send the invitations"}),
    Row(
        "todo",
        "david",
        {
            "title": "Back up the laptop",
            "description": "The details follow as soon as they are known.",
            "done": False,
            "due_on": "2026-10-22",
        },
    ),
    Row(
        "todo",
        "anna",
        {
            "title": "Repair the bicycle",
            "description": "Started in spring, finished a little later than planned.",
            "done": True,
            "due_on": "2026-10-25",
        },
    ),
    Row("todo", "ben", {"title": "Learn ten new words"}),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS).fill(connection, PROFILE)
