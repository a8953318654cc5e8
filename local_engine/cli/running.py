"""The options of the commands that run projects: `run`, `stop`, `list`, `open`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_engine.cli.options import Docker, Json, Project, carry_out

app = typer.Typer()


@app.command()
def run(
    project: Project = Path(),
    detach: Annotated[bool, typer.Option(help="Leave it running and return.")] = False,
    docker: Docker = False,
    port: Annotated[
        int | None, typer.Option(min=1024, max=65535, help="Its port on 127.0.0.1, with --docker.")
    ] = None,
    reload: Annotated[
        bool,
        typer.Option("--reload", help="With --docker: run the folder's code, anew when saved."),
    ] = False,
    json: Json = False,
) -> None:
    """Run a project on this machine; Ctrl-C stops it."""
    from local_engine.cli.commands.run import run_in_docker, run_project

    if docker:
        carry_out(json, lambda shown: run_in_docker(project, port, shown, worked_on=reload))
    carry_out(json, lambda shown: run_project(project, detach, port, reload, shown))


@app.command()
def stop(
    name: Annotated[str, typer.Argument(help="Name or folder of a running project.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="All, and the database server.")
    ] = False,
    json: Json = False,
) -> None:
    """Stop a project that runs detached; its data stays."""
    from local_engine.cli.commands.stop import stop_projects

    carry_out(json, lambda shown: stop_projects(name, everything, shown))


@app.command("list")
def list_(json: Json = False) -> None:
    """The projects that are running."""
    from local_engine.cli.commands.list import list_running

    carry_out(json, list_running)


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(help="Name or folder of a running project.")] = "",
) -> None:
    """Open the API documentation of a running project."""
    from local_engine.cli.commands.open import open_documentation

    carry_out(False, lambda shown: open_documentation(name, shown))
