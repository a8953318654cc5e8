"""The OpenAPI document of a project, asked of the project itself without starting it."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.environment import check_project, service_environment
from local_engine.runtime.preview.errors import PreviewError

_TIMEOUT_SECONDS = 60.0
_NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
"""The command touches no database; the settings ask for an address all the same."""


def project_openapi(project: Path) -> dict[str, Any]:
    """What `python -m app openapi` says. Raises PreviewError where it fails or is no JSON."""
    environment = service_environment(
        database_url=_NOWHERE, secret_key=secrets.token_urlsafe(32), settings={}
    )
    text = run_command(
        check_project(project), environment, "openapi", timeout_seconds=_TIMEOUT_SECONDS
    )
    try:
        document = json.loads(text)
    except json.JSONDecodeError as failure:
        raise PreviewError(f"`python -m app openapi` did not print JSON: {failure}") from None
    if not isinstance(document, dict):
        raise PreviewError("`python -m app openapi` printed no OpenAPI document.")
    return document
