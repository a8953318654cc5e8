"""Words that cannot be names, and why."""

from __future__ import annotations

import keyword
import re

from pydantic import BaseModel

MAX_LENGTH = 40
"""Most characters of a name."""

ENTITY_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
SNAKE_NAME = re.compile(r"[a-z][a-z0-9_]*")
ENUM_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

ROW_NAMES = ("id", "created_at", "updated_at", "version")
"""What every row has."""
SCOPE_NAMES = ("user", "input", "row")
"""What expressions know beside the row's own names."""
USER_COLUMNS = ("email", "password", "password_hash", "roles", "active", "invitation")
"""What a user has beside own fields, and what registration takes."""
LIST_PARAMETERS = ("limit", "cursor", "sort", "q")
"""Parameters of every list; fields with such a name cannot be filtered by."""
ROUTES = ("auth", "docs", "feeds", "health", "metrics", "openapi.json", "operations", "ready")
"""First path segments that are taken."""
TENANT_ROUTES = ("feeds", "operations", "reports")
"""Path segments below a tenant that are taken."""
ROOT_ROUTES = (*ROUTES, "redoc", "reports", "users")
TABLES = (
    "files",
    "idempotency_keys",
    "invitations",
    "login_attempts",
    "outbox",
    "rate_limits",
    "refresh_tokens",
    "schema_migrations",
    "sessions",
    "users",
)
"""Tables that every project has."""
ACTOR_WORDS = ("public", "authenticated", "owner", "member", "nobody", "admin")
"""Words of the access language; a role cannot have such a name, nor can `any` or `if`."""

_CONSTANTS = ("true", "false", "null", "none")
_MODEL_NAMES = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))


def word_problem(name: str) -> tuple[str, str] | None:
    """Why a snake_case name cannot be used in code and expressions, and a name that can."""
    if keyword.iskeyword(name) or name in _CONSTANTS:
        return f"`{name}` is a word of Python and of expressions.", f"{name}_"
    if name in _MODEL_NAMES:
        return f"`{name}` is taken by every data model in the generated code.", f"{name}_"
    return None


def snake_suggestion(name: str) -> str | None:
    """The snake_case name that was probably meant."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    text = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()
    text = re.sub(r"^[0-9_]+", "", text)[:MAX_LENGTH]
    return text if SNAKE_NAME.fullmatch(text) and text != name else None


def pascal_suggestion(name: str) -> str | None:
    """The PascalCase name that was probably meant."""
    words = re.split(r"[^A-Za-z0-9]+", name)
    text = "".join(word[:1].upper() + word[1:] for word in words if word)
    text = re.sub(r"^[0-9]+", "", text)
    text = (text[:1].upper() + text[1:])[:MAX_LENGTH]
    return text if ENTITY_NAME.fullmatch(text) and text != name else None
