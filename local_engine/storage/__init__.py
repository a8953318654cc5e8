"""The engine's own SQLite files: opened safely, brought up to date by numbered migrations."""

from local_engine.storage.database import (
    Damaged,
    TooNew,
    open_database,
    set_aside,
    tells_damage,
)

__all__ = ["Damaged", "TooNew", "open_database", "set_aside", "tells_damage"]
