"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.cakes.router import router as cakes
from app.core.application import Application
from app.core.queue import beside_requests
from app.core.settings import Settings, load_settings
from app.order_lines.router import router as order_lines
from app.orders.router import router as orders
from app.profile import PROFILE
from app.project import PROJECT
from app.reports.revenue import router as revenue_report
from app.rules import RULES
from app.tasks import TASKS


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), cakes, orders, order_lines, revenue_report],
        background=beside_requests(TASKS),
        title="Bakery",
        version="1",
        description="",
    )
