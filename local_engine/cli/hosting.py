"""The options of `cloud`: the cloud service on this machine, for development."""

from __future__ import annotations

from typing import Annotated

import typer

from local_engine.cli.options import Json, carry_out

app = typer.Typer()


@app.command()
def cloud(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: free.")] = 8000,
    json: Json = False,
) -> None:
    """Run the cloud service on this machine, for development; Ctrl-C ends it."""
    from local_engine.cli.commands.cloud import run_cloud

    carry_out(json, lambda shown: run_cloud(port, shown))
