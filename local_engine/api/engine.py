"""What the API's features share: the services of one running engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from local_engine.api.features.session.service import Sessions

Report = Callable[[str, BaseException], Path]
"""Writes a crash report: where it happened, and the error; gives its file."""


class Engine:
    """The services, each made when it is first asked for.

    `home` is the engine's folder, `url` where it answers.
    """

    def __init__(self, home: Path, url: str, sessions: Sessions, report_crash: Report) -> None:
        self.home = home
        self.url = url
        self.sessions = sessions
        self.report_crash = report_crash
        self.closing = threading.Event()

    def close(self) -> None:
        """End everything that runs, and every stream."""
        self.closing.set()


def engine_of(request: Request) -> Engine:
    """The engine that a request came to."""
    return cast(Engine, request.app.state.engine)


TheEngine = Annotated[Engine, Depends(engine_of)]
