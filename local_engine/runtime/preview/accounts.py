"""Accounts of a project on this machine, made by the project's own command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_engine.runtime.events import OnEvent, ignore, stage
from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.environment import check_project, service_environment
from local_engine.runtime.preview.migrating import bring_up_to_date
from local_engine.runtime.preview.registry import live_state, start_database, stop_idle_server
from local_engine.runtime.preview.state import PreviewFolder, previews_locked


def save_users(
    project: Path, users: Sequence[Mapping[str, object]], *, on_event: OnEvent = ignore
) -> dict[str, str]:
    """Create or update users in the database of a project's preview; gives the id of each e-mail.

    The preview may be running or not; one that is not has its database for the time of the
    command only. Each user is an object as `python -m app users` takes it: email, password,
    roles, own fields. Raises `PreviewError` or `PostgresError`.
    """
    path = check_project(project)
    folder = PreviewFolder.of_project(path)
    request = json.dumps({"users": [dict(user) for user in users]})
    with previews_locked():  # so that nobody stops the server meanwhile
        runs = live_state(folder) is not None
        try:
            with stage(on_event, "database", "Start PostgreSQL"):
                database = start_database(folder)
            environment = service_environment(
                database_url=database.url, secret_key=folder.secret_key, settings={}
            )
            if not runs:
                with stage(on_event, "migrate", "Bring the database up to date"):
                    bring_up_to_date(path, folder, environment, on_event)
            answer = json.loads(run_command(path, environment, "users", standard_input=request))
        finally:
            stop_idle_server()
    return {str(user["email"]): str(user["id"]) for user in answer["users"]}
