"""The stages of the services below, as events of a job."""

from __future__ import annotations

from collections.abc import Callable

from local_engine.jobs.events import StageBegan, StageEnded
from local_engine.jobs.run import Run
from local_engine.runtime.events import LogLine, Rehearsed, StageFinished, StageStarted


def telling_stages(run: Run) -> Callable[[object], None]:
    """An `on_event` for the services below: their stages and lines become the job's."""

    def on_event(event: object) -> None:
        match event:
            case StageStarted(stage, title):
                run.tell(StageBegan(stage=stage, title=title))
            case StageFinished(stage, seconds):
                run.tell(StageEnded(stage=stage, seconds=seconds))
            case LogLine(line):
                run.log(line)
            case Rehearsed(_, lines):
                for line in lines:
                    run.log(f"On your data: {line}")

    return on_event
