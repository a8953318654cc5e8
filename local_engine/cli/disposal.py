"""The options of `delete` and `trash`: projects that are no longer wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_engine.cli.options import Json, TrashAction, Yes, carry_out
from local_engine.cli.output import Output

app = typer.Typer()


@app.command()
def delete(
    project: Annotated[Path, typer.Argument(help="The project's folder.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Move a project into the trash, after asking."""
    from local_engine.cli.commands.trash import delete_project

    carry_out(json, lambda shown: delete_project(project, yes, shown))


@app.command()
def trash(
    action: Annotated[TrashAction, typer.Argument(help="What to do.")] = TrashAction.LIST,
    which: Annotated[
        str | None, typer.Argument(help="A deleted project, as the list calls it.")
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Deleted projects: list them, bring one back, remove one or all for good."""
    from local_engine.cli.commands import trash as commands

    def act(shown: Output) -> int:
        match action:
            case TrashAction.LIST:
                return commands.list_trash(shown)
            case TrashAction.RESTORE:
                return commands.restore_project(which or "", shown)
            case TrashAction.EMPTY:
                return commands.empty_trash(which, yes, shown)

    carry_out(json, act)
