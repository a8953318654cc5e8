"""Commands that begin with a prompt, answered by rules or by a model."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from local_engine.cli.options import (
    Docker,
    Drop,
    Json,
    MaxTokens,
    Model,
    Output_,
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
def create(
    prompt: Annotated[str, typer.Argument(help='What you want, such as "A simple todo API".')],
    output: Output_ = None,
    run: Annotated[bool, typer.Option("--run", help="Leave it running afterwards.")] = False,
    docker: Docker = False,
    verify: Annotated[bool, typer.Option("--verify", help="Prove that it works.")] = False,
    seed: Seed = 0,
    via: Via = "no-model",
    provider: Provider = None,
    model: Model = None,
    server: Server = None,
    max_tokens: MaxTokens = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="What a model wrote may run.")] = False,
    json: Json = False,
) -> None:
    """From a prompt to a project, running and verified if you like."""
    from local_engine.runtime.preparation import preparing

    where: Literal["docker", "process"] = "docker" if docker else "process"

    def create_it(shown: Output) -> int:
        with preparing() if verify and not docker else nullcontext() as prepared:  # while we import
            from local_engine.cli.commands.create import CreateRequest, create_project
            from local_engine.cli.models import choice_of

            choice = choice_of(via, provider, model, server, max_tokens)
            request = CreateRequest(prompt, output, run, verify, seed, where, choice, yes)
            return create_project(request, shown, prepared)

    carry_out(json, create_it)


@app.command()
def plan(
    prompt: Annotated[str, typer.Argument(help="What you want, in plain English.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the Blueprint to this file.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say why, decision by decision.")] = False,
    via: Via = "no-model",
    provider: Provider = None,
    model: Model = None,
    server: Server = None,
    max_tokens: MaxTokens = None,
    json: Json = False,
) -> None:
    """From a prompt to a Blueprint; nothing is generated."""
    from local_engine.cli.commands.plan import plan_blueprint
    from local_engine.cli.models import choice_of

    def plan_it(shown: Output) -> int:
        choice = choice_of(via, provider, model, server, max_tokens)
        return plan_blueprint(prompt, output, explain, choice, shown)

    carry_out(json, plan_it)


@app.command()
def refine(
    project: Project,
    prompt: Annotated[str, typer.Argument(help='What to change, such as "add tags to posts".')],
    yes: Yes = False,
    drop: Drop = False,
    via: Via = "no-model",
    provider: Provider = None,
    model: Model = None,
    server: Server = None,
    max_tokens: MaxTokens = None,
    json: Json = False,
) -> None:
    """Change a project by a prompt, after showing what that means."""
    from local_engine.cli.changing import Consent
    from local_engine.cli.commands.refine import refine_project
    from local_engine.cli.models import choice_of

    consent = Consent(yes=yes, drop=drop, cause="prompt")

    def refine_it(shown: Output) -> int:
        choice = choice_of(via, provider, model, server, max_tokens)
        return refine_project(project, prompt, consent, choice, shown)

    carry_out(json, refine_it)
