"""Bringing an older state of a project back, as a job that others see and may call off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from local_engine.cli.output import Output

if TYPE_CHECKING:
    from local_engine.jobs.events import Event
    from local_engine.jobs.kinds.restore import Goal
    from local_engine.projects import Version
    from local_engine.projects.snapshots import Where


def bring_back(
    folder: Path,
    to: Goal,
    id_: str | None,
    replace: bool,
    of: Where,
    output: Output,
) -> Version:
    """Bring it back; gives the newest version. Raises CommandError."""
    from local_engine.cli import deployments
    from local_engine.cli.jobs import job, store_lines
    from local_engine.cli.previews import STAGES, stage_lines
    from local_engine.cli.projects import on_the_list
    from local_engine.jobs.kinds import restore

    lines, stages = store_lines(output), stage_lines(output)
    shown = STAGES | deployments.STAGES

    def listener(event: Event) -> None:
        lines(event)
        if event.type not in ("stage_began", "stage_ended") or event.stage in shown:
            stages(event)

    with on_the_list(folder, folder.resolve().name[:100], output) as known:
        request = restore.RestoreRequest(
            project=known or "", to=to, id=id_, replace_data=replace, of=of
        )
        with job(request, folder, output, listener) as (run, own):
            version = restore.restored(run, request, folder)
            own.finish(restore.result_of(request, version))
    return version
