"""Safe identifiers from whatever words a prompt holds."""

from __future__ import annotations

import keyword
import re
import unicodedata

from pydantic import BaseModel

MAX_LENGTH = 40

_RESERVED_FIELDS = frozenset(
    {"id", "created_at", "updated_at", "version", "user", "input", "row", "true", "false", "null"}
    | {"none", "limit", "cursor", "sort", "q", "status"}
)
_RESERVED_ROLES = frozenset(
    {"public", "authenticated", "owner", "member", "nobody", "admin", "any", "if"}
)
_RESERVED_ENTITIES = frozenset(
    {"User", "File", "Session", "Operation", "Report", "Feed", "Health", "Doc", "Auth", "Metric"}
    | {"Invitation", "Outbox", "RefreshToken", "IdempotencyKey", "RateLimit", "LoginAttempt"}
)
_MODEL_NAMES = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))


def snake(text: str, fallback: str = "item") -> str:
    """ASCII snake_case of any text, at most 40 characters, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain).lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain.replace("'", ""))
    plain = re.sub(r"^[0-9_]+", "", plain)[:MAX_LENGTH].strip("_")
    return plain or fallback


def field_name(text: str) -> str:
    """A name that a field or relation may have."""
    name = snake(text, "value")
    if name in _RESERVED_FIELDS or keyword.iskeyword(name) or name in _MODEL_NAMES:
        name = f"{name[:34]}_value"
    return name


def role_name(text: str, about: str = "") -> str:
    """A name that a role may have; `about` makes words of the access language distinct."""
    name = snake(text, "role")
    if name in _RESERVED_ROLES or keyword.iskeyword(name):
        name = f"{about}_{name}" if about else f"{name}_role"
    return name


def entity_name(text: str) -> str:
    """A name that an entity may have: PascalCase."""
    name = "".join(word[:1].upper() + word[1:] for word in snake(text).split("_"))
    if name in _RESERVED_ENTITIES or keyword.iskeyword(name):
        name += "Entry" if name != "User" else "Record"
    return name


def state_name(text: str) -> str:
    """A name that a state or an enum value may have."""
    return snake(text, "state")
