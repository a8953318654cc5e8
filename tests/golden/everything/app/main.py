"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.accounts_rows.router import router as accounts_rows
from app.bookings.router import router as bookings
from app.branches.router import router as branches
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.entries.router import router as entries
from app.items.router import router as items
from app.loans.router import router as loans
from app.memos.router import router as memos
from app.notes.router import router as notes
from app.profile import PROFILE
from app.project import PROJECT
from app.ratings.router import router as ratings
from app.rooms.router import router as rooms
from app.rules import RULES
from app.shelves.router import router as shelves
from app.subject_matter.router import router as subject_matter


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[
            *accounts_routers(PROFILE),
            branches,
            subject_matter,
            rooms,
            shelves,
            items,
            loans,
            bookings,
            accounts_rows,
            entries,
            ratings,
            notes,
            memos,
        ],
        title="Everything",
        version="1",
        description="A library of rooms, items and loans that uses each construct of the language at least once.\n",
    )
