"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.profile import PROFILE
from app.project import PROJECT
from app.rules import RULES
from app.todos.router import router as todos


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), todos],
        title="Todo",
        version="1",
        description="",
    )
