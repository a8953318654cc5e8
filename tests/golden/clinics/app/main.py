"""The application: which routes there are, and the rules that the database keeps."""

from app.accounts.routers import accounts_routers
from app.appointments.router import router as appointments
from app.clinics.router import router as clinics
from app.core.application import Application
from app.core.settings import Settings, load_settings
from app.patients.router import router as patients
from app.profile import PROFILE
from app.project import PROJECT
from app.rules import RULES
from app.staff.router import router as staff


def create_app(settings: Settings | None = None) -> Application:
    """The application with these settings; those of the environment if none are given."""
    return Application(
        settings=settings or load_settings(),
        rules=RULES,
        migrations=PROJECT.migrations,
        routers=[*accounts_routers(PROFILE), clinics, staff, patients, appointments],
        title="Clinics",
        version="1",
        description="",
    )
