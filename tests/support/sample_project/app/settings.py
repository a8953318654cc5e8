"""Settings from the environment; one clear line and exit code 2 when one is wrong."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    secret_key: str = field(default_factory=lambda: os.environ.get("SECRET_KEY", ""))
    access_token_seconds: int = field(
        default_factory=lambda: int(os.environ.get("ACCESS_TOKEN_SECONDS", "600"))
    )

    def __post_init__(self) -> None:
        if not self.database_url:
            sys.exit(_complain("DATABASE_URL is not set"))
        if len(self.secret_key) < 32:
            sys.exit(_complain("SECRET_KEY is not set"))


def _complain(message: str) -> int:
    sys.stderr.write(f"error: {message}\n")
    return 2
