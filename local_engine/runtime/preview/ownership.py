"""What the owner of a running preview may do with it, from any process of the same user."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_engine.runtime.postgres import Database, PostgresError
from local_engine.runtime.preview.commands import run_command
from local_engine.runtime.preview.environment import check_project, service_environment
from local_engine.runtime.preview.errors import PreviewError
from local_engine.runtime.preview.registry import preview_server
from local_engine.runtime.preview.state import PreviewFolder, PreviewState


class Owned:
    """The running preview of a project. Raises `PreviewError` when there is none."""

    def __init__(self, project: Path) -> None:
        self.project = check_project(project)
        self._folder = PreviewFolder.of_project(self.project)
        self.state = _running(self._folder)

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        assert self.state.url is not None
        return self.state.url

    def database(self) -> Database:
        """Its database, with the owner's connection string."""
        try:
            return preview_server().create_database(self._folder.name)
        except PostgresError as error:
            raise PreviewError(str(error)) from error

    def create_users(self, users: Sequence[Mapping[str, object]]) -> dict[str, str]:
        """Create or update users by the project's own command; gives the id of each e-mail."""
        environment = service_environment(
            database_url=self.database().url, secret_key=self._folder.secret_key, settings={}
        )
        request = json.dumps({"users": [dict(user) for user in users]})
        answer = json.loads(run_command(self.project, environment, "users", standard_input=request))
        return {str(user["email"]): str(user["id"]) for user in answer["users"]}


def _running(folder: PreviewFolder) -> PreviewState:
    state = folder.read_state()
    if state is None or state.status != "running" or state.owner.find() is None:
        raise PreviewError("The project does not run. Start its preview first.")
    return state
