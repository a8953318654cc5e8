"""`serve`: the engine for the window, until Ctrl-C."""

from __future__ import annotations

import json
import subprocess
import webbrowser

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output


def serve_engine(port: int, open_browser: bool, output: Output) -> int:
    """Run the engine as a process of its own; one that runs already is joined, not doubled."""
    from local_engine.runtime.own_process import module_command, own_environment

    engine = subprocess.Popen(
        module_command("local_engine", "--link", "--port", str(port)),
        stdin=subprocess.PIPE,  # it ends together with this process
        stdout=subprocess.PIPE,
        env=own_environment(),
    )
    assert engine.stdout is not None
    line = engine.stdout.readline()
    if not line:
        return engine.wait() or ExitCode.ENVIRONMENT
    facts = json.loads(line)
    output.field("Engine", facts["url"] + ("" if facts["started"] else "  (it ran already)"))
    output.field("Open", f"{facts['link']}  (once, within two minutes)")
    output.finish(facts)
    if open_browser:
        webbrowser.open(facts["link"])
    if facts["started"]:
        output.line("Ctrl-C ends it, and the previews that it started; their data stays.")
    return _wait(engine)


def _wait(engine: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return engine.wait()
        except KeyboardInterrupt:
            # The terminal sent it to the engine too, which ends in good order.
            continue
