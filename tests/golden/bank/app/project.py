"""What the command line needs to know of this project; modules are named, not imported."""

from pathlib import Path

from app.core.project import Project

PROJECT = Project(
    name="Bank",
    application="app.main:create_app",
    migrations=Path(__file__).resolve().parent.parent / "migrations",
    profile="app.profile:PROFILE",
    seed="app.seed:seed",
)
