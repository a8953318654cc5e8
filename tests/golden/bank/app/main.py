"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.accounts_rows.router import router as accounts_rows
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.entries.router import router as entries
from app.operations.deposit import router as deposit
from app.operations.transfer import router as transfer
from app.profile import PROFILE
from app.project import PROJECT
from app.rules import RULES
from app.transfers.router import router as transfers


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), accounts_rows, entries, transfers, deposit, transfer],
        title="Bank",
        version="1",
        description="",
    )
