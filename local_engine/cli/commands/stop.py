"""`stop`: ends previews, whoever started them."""

from __future__ import annotations

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import preview_errors, preview_facts, the_running


def stop_projects(name: str, everything: bool, output: Output) -> int:
    """Stop one preview, or all of them and the database server; data stays."""
    from local_engine.runtime.preview import stop_all, stop_preview

    with preview_errors():
        stopped = stop_all() if everything else [stop_preview(the_running(name).name)]
    for state in stopped:
        output.line(f"Stopped {state.name}; its data stays.")
    if not stopped:
        output.line("Nothing was running.")
    output.finish({"stopped": [preview_facts(state) for state in stopped]})
    return ExitCode.OK
