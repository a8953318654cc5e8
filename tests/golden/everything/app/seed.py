"""Demo data: `python -m app seed`."""

from typing import Any

from app.accounts_rows import repository as accounts_rows
from app.accounts_rows.schemas import AccountCreate
from app.bookings import repository as bookings
from app.bookings.schemas import BookingCreate
from app.branches import repository as branches
from app.branches.schemas import BranchCreate
from app.core.db import Connection
from app.entries import repository as entries
from app.entries.schemas import EntryCreate
from app.items import repository as items
from app.items.schemas import ItemCreate
from app.loans import repository as loans
from app.loans.schemas import LoanCreate
from app.memos import repository as memos
from app.memos.schemas import MemoCreate
from app.notes import repository as notes
from app.notes.schemas import NoteCreate
from app.profile import PROFILE
from app.ratings import repository as ratings
from app.ratings.schemas import RatingCreate
from app.rooms import repository as rooms
from app.rooms.schemas import RoomCreate
from app.rows.demo import demo_people
from app.shelves import repository as shelves
from app.shelves.schemas import ShelfCreate
from app.subject_matter import repository as subject_matter
from app.subject_matter.schemas import TopicCreate

PEOPLE: dict[str, dict[str, Any]] = {
    "owner": {"roles": ["admin", "librarian", "patron"], "display_name": "Display name"},
}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    branch_key, *_ = await branches.create(
        connection, people["owner"], BranchCreate.model_validate({"name": "Name"})
    )
    topic_key, *_ = await subject_matter.create(
        connection, people["owner"], TopicCreate.model_validate({"name": "name"})
    )
    room_key, *_ = await rooms.create(
        connection, people["owner"], branch_key, RoomCreate.model_validate({"number": 1})
    )
    await shelves.create(
        connection,
        people["owner"],
        branch_key,
        room_key,
        ShelfCreate.model_validate({"label": "A0"}),
    )
    item_key, *_ = await items.create(
        connection,
        people["owner"],
        ItemCreate.model_validate(
            {"title": "Title", "code": "AA-0000", "price": "10.00", "topic_id": str(topic_key)}
        ),
    )
    await loans.create(
        connection,
        people["owner"],
        LoanCreate.model_validate({"due_on": "2060-01-15", "item_id": str(item_key)}),
    )
    await bookings.create(
        connection,
        people["owner"],
        BookingCreate.model_validate(
            {
                "starts_at": "2060-01-15T09:00:00+00:00",
                "ends_at": "2060-01-16T09:00:00+00:00",
                "people": 1,
                "room_id": str(room_key),
            },
        ),
    )
    account_key, *_ = await accounts_rows.create(
        connection, people["owner"], AccountCreate.model_validate({})
    )
    await entries.create(
        connection, people["owner"], account_key, EntryCreate.model_validate({"amount": "10.00"})
    )
    await ratings.create(
        connection,
        people["owner"],
        RatingCreate.model_validate({"stars": 1, "item_id": str(item_key)}),
    )
    await notes.create(connection, people["owner"], NoteCreate.model_validate({"text": "Text"}))
    await memos.create(connection, people["owner"], MemoCreate.model_validate({"text": "Text"}))
