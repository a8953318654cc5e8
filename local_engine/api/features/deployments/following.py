"""The logs of a deployment as they come, for one stream of events."""

from __future__ import annotations

import contextlib
import queue
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.api.features.deployments.schemas import DeploymentLine
from local_engine.api.features.deployments.service import line_facts, require

if TYPE_CHECKING:
    from local_engine.runtime.docker.watching.lines import Wanted

_WAITING = 10_000


class Following:
    """A thread follows the logs until `end`. Raises `Problem` where nothing is deployed."""

    def __init__(self, folder: Path, wanted: Wanted, since: datetime | None) -> None:
        require(folder)
        self._folder = folder
        self._wanted = wanted
        self._since = since
        self._ended = threading.Event()
        self._lines: queue.Queue[DeploymentLine | None] = queue.Queue(_WAITING)
        threading.Thread(target=self._follow, daemon=True).start()

    def read(self) -> list[DeploymentLine] | None:
        """What came since the last call; None at the end: the containers are gone."""
        found: list[DeploymentLine] = []
        with contextlib.suppress(queue.Empty):
            while len(found) < _WAITING:
                line = self._lines.get_nowait()
                if line is None:
                    self._lines.put(None)
                    return found or None
                found.append(line)
        return found

    def end(self) -> None:
        """Nobody reads any more."""
        self._ended.set()

    def _follow(self) -> None:
        from local_engine.runtime.docker.errors import DeploymentError
        from local_engine.runtime.docker.managing import engine_client, find_deployment
        from local_engine.runtime.docker.watching.logs import follow_logs

        with contextlib.suppress(DeploymentError), engine_client() as client:
            deployment = find_deployment(client, self._folder)
            for line in follow_logs(
                client, deployment, self._wanted, since=self._since, ended=self._ended
            ):
                self._put(line_facts(line))
        self._put(None)

    def _put(self, line: DeploymentLine | None) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(queue.Full):
                self._lines.put(line, timeout=1)
                return
