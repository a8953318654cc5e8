"""What the user prefers."""

from __future__ import annotations

from fastapi import APIRouter

from local_engine.api.engine import TheEngine
from local_engine.api.features.settings.schemas import Settings, SettingsChange

router = APIRouter(prefix="/settings", tags=["settings"])


@router.get("", operation_id="getSettings")
def get_settings(engine: TheEngine) -> Settings:
    """All settings, with their defaults."""
    return engine.settings.read()


@router.patch("", operation_id="changeSettings")
def change_settings(engine: TheEngine, change: SettingsChange) -> Settings:
    """Change some settings."""
    return engine.settings.change(change.model_dump(exclude_none=True))
