"""`run`: a project on this machine, in the foreground, left behind, or in Docker."""

from __future__ import annotations

from pathlib import Path

from local_engine.cli.accounts import tell_users_of_project
from local_engine.cli.deployments import deploy_project, deployment_facts
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import (
    preview_facts,
    stage_lines,
    start_in_background,
    starting,
)
from local_engine.cli.program import command


def run_project(project: Path, detach: bool, port: int | None, reload: bool, output: Output) -> int:
    """Run until Ctrl-C (the data stays), or leave it running with `detach`."""
    if port is not None:
        raise CommandError(
            "--port is for --docker only: a preview takes a port that is free",
            hint="leave --port out, or add --docker",
            code=ExitCode.USAGE,
        )
    if reload:
        raise CommandError("--reload is for --docker only", code=ExitCode.USAGE)
    if detach:
        state = start_in_background(project, output)
        output.field("Runs at", f"{state.url}  (API docs: {state.url}/docs)")
        output.field("Log", state.log_path or "")
        tell_users_of_project(project, output)
        output.field("Stop it", command("stop", Path(state.project).name))
        output.finish(preview_facts(state))
        return ExitCode.OK
    return _in_the_foreground(project, output)


def run_in_docker(
    project: Path,
    port: int | None,
    output: Output,
    *,
    rebuild: bool = False,
    worked_on: bool = False,
) -> int:
    """Deploy it to the Docker engine, where it stays until it is stopped."""
    deployment = deploy_project(project, output, port=port, rebuild=rebuild, worked_on=worked_on)
    output.field("Runs at", f"{deployment.url}  (API docs: {deployment.url}/docs)")
    output.field("Stop it", command("stop", deployment.name))
    output.finish(deployment_facts(deployment))
    return ExitCode.OK


def _in_the_foreground(project: Path, output: Output) -> int:
    from local_engine.jobs.events import Event
    from local_engine.jobs.kinds.preview import result_of
    from local_engine.jobs.stages import telling_stages
    from local_engine.runtime.preview import Preview

    tell_stage = stage_lines(output)

    def on_event(event: Event) -> None:
        if event.type == "log":
            output.line(event.line)
        else:
            tell_stage(event)

    with starting(project, output, on_event) as (run, own):
        preview = Preview.start(project, on_event=telling_stages(run))
        own.finish(result_of(preview.state))
    try:
        output.field("Runs at", f"{preview.url}  (API docs: {preview.url}/docs)")
        output.finish(preview_facts(preview.state))
        tell_users_of_project(project, output)
        output.line("Ctrl-C stops it; its data stays.")
        code = preview.wait()
    except KeyboardInterrupt:
        preview.stop()
        raise
    return ExitCode.OK if not code else ExitCode.FAILED
