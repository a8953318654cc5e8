"""`open`: the interactive API documentation in the browser."""

from __future__ import annotations

import webbrowser

from local_engine.cli.errors import ExitCode
from local_engine.cli.output import Output
from local_engine.cli.previews import the_running


def open_documentation(name: str, output: Output) -> int:
    """Open it, or print the address where there is no browser."""
    address = f"{the_running(name).url}/docs"
    opened = webbrowser.open(address)
    output.line(f"Opened {address}" if opened else f"No browser found. The address is {address}")
    return ExitCode.OK
