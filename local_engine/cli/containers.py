"""The options of `docker`: deployments are looked at, started, stopped and removed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_engine.cli.options import Json, Project, Yes, carry_out

app = typer.Typer(
    help="What is deployed to Docker: look at it, stop it, remove it.", no_args_is_help=True
)

Which = Annotated[str, typer.Argument(metavar="PROJECT", help="Folder or name of a deployment.")]


@app.command("list")
def list_(json: Json = False) -> None:
    """All deployments, running or not."""
    from local_engine.cli.commands.docker import list_all

    carry_out(json, list_all)


@app.command()
def logs(
    which: Which = ".",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    level: Annotated[
        str | None, typer.Option(help="At least: debug, info, warning or error.")
    ] = None,
    text: Annotated[str, typer.Option("--grep", help="Only lines with this text.")] = "",
    part: Annotated[
        list[str] | None, typer.Option(help="database, service or proxy; again for more.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Since a time (ISO 8601) or so long ago: 90s, 10m, 2h.")
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, help="So many lines.")] = None,
    json: Json = False,
) -> None:
    """The logs of all parts in the order of time."""
    from local_engine.cli.commands.docker_logs import LogsRequest, show_logs

    request = LogsRequest(which, follow, level, text, tuple(part or ()), since, last)
    carry_out(json, lambda shown: show_logs(request, shown))


@app.command()
def stats(which: Which = ".", json: Json = False) -> None:
    """What its parts use: processor, memory, restarts."""
    from local_engine.cli.commands.docker import show_usage

    carry_out(json, lambda shown: show_usage(which, shown))


@app.command()
def psql(
    which: Which = ".",
    sql: Annotated[
        str | None,
        typer.Option("--command", "-c", help="This statement (default: standard input)."),
    ] = None,
) -> None:
    """SQL in its database, as its owner."""
    from local_engine.cli.commands.docker import run_sql

    carry_out(False, lambda _: run_sql(which, sql))


@app.command()
def start(which: Which = ".", json: Json = False) -> None:
    """Start what was stopped."""
    from local_engine.cli.commands.docker import change

    carry_out(json, lambda shown: change("start", which, shown))


@app.command()
def stop(which: Which = ".", json: Json = False) -> None:
    """Stop it; its containers and its data stay."""
    from local_engine.cli.commands.docker import change

    carry_out(json, lambda shown: change("stop", which, shown))


@app.command()
def restart(which: Which = ".", json: Json = False) -> None:
    """Restart its service."""
    from local_engine.cli.commands.docker import change

    carry_out(json, lambda shown: change("restart", which, shown))


@app.command()
def remove(
    which: Which = ".",
    data: Annotated[
        bool, typer.Option("--data", help="Remove its database's data as well.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Remove it; its data stays, unless --data is given."""
    from local_engine.cli.commands.docker import remove as remove_one

    carry_out(json, lambda shown: remove_one(which, data, yes, shown))


@app.command()
def rebuild(project: Project = Path(), json: Json = False) -> None:
    """Build the project's image anew, whatever is known of it, and deploy that."""
    from local_engine.cli.commands.run import run_in_docker

    carry_out(json, lambda shown: run_in_docker(project, None, shown, rebuild=True))


@app.command()
def rehearse(project: Project = Path(), json: Json = False) -> None:
    """Try the migrations that the next deploy would apply on a copy of the deployed data."""
    from local_engine.cli.commands.docker import rehearse as rehearse_one

    carry_out(json, lambda shown: rehearse_one(project, shown))


@app.command()
def gc(yes: Yes = False, json: Json = False) -> None:
    """Remove what is left of deleted projects, and images that nobody uses, after asking."""
    from local_engine.cli.commands.docker import collect

    carry_out(json, lambda shown: collect(yes, shown))
