"""What a secret key must be like before anything is protected by it."""

from __future__ import annotations

MIN_LENGTH = 32
_MIN_DIFFERENT = 12

DEVELOPMENT_KEY = "development-only-key-that-is-no-secret-0123456789"
"""Used in development when none is set, so that what was made yesterday can be read today."""

_PLACEHOLDERS = (
    "your-secret",
    "change-me",
    "changeme",
    "secret-key-here",
    "example",
    "placeholder",
)


def weakness_of(key: str) -> str | None:
    """Why a key is not fit to protect anything; None for one that is."""
    if key == DEVELOPMENT_KEY:
        return "is the key for development, which everybody knows"
    if len(key) < MIN_LENGTH:
        return f"has {len(key)} characters; it needs {MIN_LENGTH} at least"
    if any(word in key.lower() for word in _PLACEHOLDERS):
        return "looks like a placeholder"
    if len(set(key)) < _MIN_DIFFERENT:
        return "repeats a few characters, so it can be guessed"
    return None
