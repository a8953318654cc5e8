"""What the API's features share: the services of one running engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from local_engine.api.confirmations import Confirmations
from local_engine.api.features.account.service import Accounts
from local_engine.api.features.actors.service import Actors
from local_engine.api.features.data.audit import Audit
from local_engine.api.features.deployments.service import Collecting
from local_engine.api.features.previews.service import Previews
from local_engine.api.features.projects.service import Projects
from local_engine.api.features.session.service import Sessions
from local_engine.api.features.trash.service import Emptying
from local_engine.jobs import Jobs
from local_engine.jobs.leftovers import clear_leftovers
from local_engine.jobs.settings import SettingsStore
from local_engine.secrets import Secrets, SecretsRefused

MAX_STREAMS = 64

Report = Callable[[str, BaseException], Path]
"""Writes a crash report: where it happened, and the error; gives its file."""


class Engine:
    """The services. Whatever an earlier engine left behind is cleared away beside.

    `home` is the engine's folder, `url` where it answers.
    """

    def __init__(self, home: Path, url: str, sessions: Sessions, report_crash: Report) -> None:
        self.home = home
        self.url = url
        self.sessions = sessions
        self.report_crash = report_crash
        self.closing = threading.Event()
        self.streams = threading.BoundedSemaphore(MAX_STREAMS)
        self.settings = SettingsStore(home)
        self.secrets = Secrets(home)
        self.account = Accounts(home, self.secrets, self.settings)
        self.projects = Projects(home, self.settings)
        self.emptying = Emptying(self.projects.trash)
        self.previews = Previews()
        self.collecting = Collecting(home)
        self.data_deletions = Confirmations()
        self.actors = Actors()
        self.audit = Audit(home / "data-changes.sqlite3")
        self.jobs = Jobs(
            home, self.projects.folder, secret_of=self._secret_of, cloud=self.account.open
        )
        self.projects.discover()
        clear_leftovers(home)

    def close(self, reason: str, patience_seconds: float) -> None:
        """End every stream, and everything that runs, as far as it goes in time."""
        self.closing.set()
        self.jobs.feed.wake()
        self.jobs.close(reason, patience_seconds)

    def _secret_of(self, name: str) -> str | None:
        """The value of a secret for a job; one that is locked away counts as none."""
        try:
            return self.secrets.get(name)
        except SecretsRefused:
            return None


def engine_of(request: Request) -> Engine:
    """The engine that a request came to."""
    return cast(Engine, request.app.state.engine)


TheEngine = Annotated[Engine, Depends(engine_of)]
