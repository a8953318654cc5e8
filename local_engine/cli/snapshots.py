"""The options of `snapshots`: the data of a project, kept in files and put back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_engine.cli.options import (
    Json,
    OfDocker,
    Project,
    ReplaceData,
    Yes,
    carry_out,
    where,
)

app = typer.Typer(help="The data of a project, kept in files and put back.", no_args_is_help=True)

SnapshotId = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Its id, see `list`.")]


@app.command("list")
def list_(project: Project = Path(), docker: OfDocker = False, json: Json = False) -> None:
    """What is kept, the newest first."""
    from local_engine.cli.commands.snapshots import list_snapshots

    carry_out(json, lambda shown: list_snapshots(project, where(docker), shown))


@app.command()
def make(project: Project = Path(), docker: OfDocker = False, json: Json = False) -> None:
    """Keep the data as it is now with the newest version."""
    from local_engine.cli.commands.snapshots import make_snapshot

    carry_out(json, lambda shown: make_snapshot(project, where(docker), shown))


@app.command()
def restore(
    snapshot: SnapshotId,
    project: Project = Path(),
    replace_data: ReplaceData = False,
    docker: OfDocker = False,
    json: Json = False,
) -> None:
    """Put data back; the code stays as it is."""
    from local_engine.cli.commands.snapshots import restore_snapshot

    carry_out(
        json, lambda shown: restore_snapshot(project, snapshot, replace_data, where(docker), shown)
    )


@app.command()
def delete(
    snapshot: SnapshotId,
    project: Project = Path(),
    yes: Yes = False,
    docker: OfDocker = False,
    json: Json = False,
) -> None:
    """Remove a snapshot; a version that needs it comes back without its data then."""
    from local_engine.cli.commands.snapshots import delete_snapshot

    carry_out(json, lambda shown: delete_snapshot(project, snapshot, yes, where(docker), shown))
