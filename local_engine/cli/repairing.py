"""The options of `repair`."""

from __future__ import annotations

from pathlib import Path

import typer

from local_engine.cli.options import (
    Docker,
    Groups,
    Json,
    MaxTokens,
    Model,
    Project,
    Provider,
    Seed,
    Server,
    Via,
    Yes,
    carry_out,
)
from local_engine.cli.output import Output

app = typer.Typer()


@app.command()
def repair(
    project: Project = Path(),
    groups: Groups = None,
    seed: Seed = 0,
    docker: Docker = False,
    via: Via = "no-model",
    provider: Provider = None,
    model: Model = None,
    server: Server = None,
    max_tokens: MaxTokens = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Make a project that fails its verification pass again, as far as that goes."""
    from local_engine.cli.commands.repair import RepairWish, repair_project
    from local_engine.cli.models import choice_of

    def repair_it(shown: Output) -> int:
        choice = choice_of(via, provider, model, server, max_tokens)
        wish = RepairWish(groups, seed, "docker" if docker else "process", yes, choice)
        return repair_project(project, wish, shown)

    carry_out(json, repair_it)
