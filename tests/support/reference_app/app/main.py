"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts import accounts_routers
from app.boards.router import router as boards
from app.cards.router import router as cards
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.profile import PROFILE
from app.project import PROJECT
from app.rules import RULES


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), boards, cards],
        title="Kanban",
        version="1",
        description="Boards with cards.",
    )
