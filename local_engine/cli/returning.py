"""The options of `undo`, `redo` and `restore`: going through the history, data included."""

from __future__ import annotations

from pathlib import Path

import typer

from local_engine.cli.options import (
    Json,
    OfDocker,
    Project,
    ReplaceData,
    VersionName,
    carry_out,
    where,
)

app = typer.Typer()


@app.command()
def undo(
    project: Project = Path(),
    replace_data: ReplaceData = False,
    docker: OfDocker = False,
    json: Json = False,
) -> None:
    """Bring back what was before the last change; nothing is lost."""
    from local_engine.cli.commands.undo import undo_change

    carry_out(json, lambda shown: undo_change(project, replace_data, where(docker), shown))


@app.command()
def redo(
    project: Project = Path(),
    replace_data: ReplaceData = False,
    docker: OfDocker = False,
    json: Json = False,
) -> None:
    """Bring back what was undone last."""
    from local_engine.cli.commands.undo import redo_change

    carry_out(json, lambda shown: redo_change(project, replace_data, where(docker), shown))


@app.command()
def restore(
    version: VersionName,
    project: Project = Path(),
    replace_data: ReplaceData = False,
    docker: OfDocker = False,
    json: Json = False,
) -> None:
    """Make any version's content the newest one."""
    from local_engine.cli.commands.undo import restore_version

    carry_out(
        json, lambda shown: restore_version(project, version, replace_data, where(docker), shown)
    )
