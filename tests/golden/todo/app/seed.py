"""Demo data: `python -m app seed`."""

from typing import Any

from app.core.db import Connection
from app.profile import PROFILE
from app.rows.demo import demo_people
from app.todos import repository as todos
from app.todos.schemas import TodoCreate

PEOPLE: dict[str, dict[str, Any]] = {"owner": {"roles": ["admin"]}}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    await todos.create(connection, people["owner"], TodoCreate.model_validate({"title": "Title"}))
