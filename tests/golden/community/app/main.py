"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.comments.router import router as comments
from app.communities.router import router as communities
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.memberships.router import router as memberships
from app.posts.router import router as posts
from app.profile import PROFILE
from app.project import PROJECT
from app.rules import RULES
from app.votes.router import router as votes


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), communities, memberships, posts, comments, votes],
        title="Community",
        version="1",
        description="",
    )
