"""Entry point: defines the commands and their options; their work is in `commands/`."""

from __future__ import annotations

import gc
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from local_engine.cli import (
    containers,
    disposal,
    exchange,
    hosting,
    interruption,
    membership,
    prompting,
    repairing,
    returning,
    running,
    snapshots,
)
from local_engine.cli.options import (
    BlueprintPath,
    Docker,
    Drop,
    Groups,
    Json,
    Output_,
    Project,
    ReplaceData,
    Reports,
    Seed,
    UserAction,
    VersionName,
    Yes,
    carry_out,
)
from local_engine.cli.output import Output
from local_engine.runtime.leaving import leave

app = typer.Typer(
    name="backend-generator",
    help="From a sentence to a running, verified backend.",
    epilog="Exit codes: 0 done; 1 the answer is no; 2 a wrong call; 3 the machine lacks something; "
    "130 interrupted. The JSON documents are described in docs/command-line.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(prompting.app)
app.add_typer(running.app)
app.add_typer(repairing.app)
app.add_typer(exchange.app)
app.add_typer(returning.app)
app.add_typer(disposal.app)
app.add_typer(snapshots.app, name="snapshots")
app.add_typer(containers.app, name="docker")
app.add_typer(hosting.app)
app.add_typer(membership.app)


@app.command()
def check(
    blueprint: BlueprintPath = Path(),
    explain: Annotated[bool, typer.Option(help="Show every default that applies.")] = False,
    json: Json = False,
) -> None:
    """Say all that is wrong with a Blueprint."""
    from local_engine.cli.commands.check import check_blueprint

    carry_out(json, lambda shown: check_blueprint(blueprint, explain, shown))


@app.command()
def generate(
    blueprint: BlueprintPath = Path(),
    output: Output_ = None,
    allow_drop: Annotated[
        bool, typer.Option(help="Allow a migration that drops columns or tables with their data.")
    ] = False,
    json: Json = False,
) -> None:
    """Write the code for a Blueprint; your own edits are kept."""
    from local_engine.cli.commands.generate import generate_project

    carry_out(json, lambda shown: generate_project(blueprint, output, allow_drop, shown))


@app.command()
def edit(
    project: Project,
    operation: Annotated[
        str | None, typer.Option("--operation", help="One edit as JSON, or a list of them.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A file with the edits.")] = None,
    yes: Yes = False,
    drop: Drop = False,
    json: Json = False,
) -> None:
    """Change a project by typed edits, after showing what that means."""
    from local_engine.cli.changing import Consent
    from local_engine.cli.commands.edit import edit_project

    consent = Consent(yes=yes, drop=drop)
    carry_out(json, lambda shown: edit_project(project, operation, file, consent, shown))


@app.command()
def verify(
    project: Project = Path(),
    groups: Groups = None,
    seed: Seed = 0,
    report: Reports = None,
    docker: Docker = False,
    json: Json = False,
) -> None:
    """Prove that a project does what its Blueprint says."""
    from local_engine.runtime.preparation import preparing

    where: Literal["docker", "process"] = "docker" if docker else "process"

    def verify_it(shown: Output) -> int:
        with nullcontext() if docker else preparing() as prepared:  # while we import
            from local_engine.cli.commands.verify import verify_project

            return verify_project(project, groups, seed, report, shown, where, prepared)

    carry_out(json, verify_it)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The older Blueprint or project.")],
    new: Annotated[
        Path | None, typer.Argument(help="The newer one (default: what OLD was changed to).")
    ] = None,
    json: Json = False,
) -> None:
    """What differs between two Blueprints, and the migration."""
    from local_engine.cli.commands.diff import show_differences

    carry_out(json, lambda shown: show_differences(old, new, shown))


@app.command()
def history(
    project: Project = Path(),
    limit: Annotated[int, typer.Option(min=1, help="So many versions.")] = 20,
    start: Annotated[
        str | None, typer.Option("--from", help="Begin at this version and go back.")
    ] = None,
    json: Json = False,
) -> None:
    """The versions of a project, the newest first."""
    from local_engine.cli.commands.history import show_history

    carry_out(json, lambda shown: show_history(project, limit, start, shown))


@app.command()
def show(
    version: VersionName,
    project: Project = Path(),
    against: Annotated[
        str | None, typer.Option(help="Compare with this version (default: the one before).")
    ] = None,
    path: Annotated[str | None, typer.Option(help="Show the change of this file.")] = None,
    json: Json = False,
) -> None:
    """What a version changed."""
    from local_engine.cli.commands.history import show_version

    carry_out(json, lambda shown: show_version(project, version, against, path, shown))


@app.command()
def name(
    version: VersionName,
    called: Annotated[str, typer.Argument(metavar="NAME", help="Its name; empty: none.")],
    project: Project = Path(),
    json: Json = False,
) -> None:
    """Give a version a name by which it can be found."""
    from local_engine.cli.commands.history import name_version

    carry_out(json, lambda shown: name_version(project, version, called, shown))


@app.command()
def conflicts(project: Project = Path(), json: Json = False) -> None:
    """What waits for your decision after a generation."""
    from local_engine.cli.commands.conflicts import show_conflicts

    carry_out(json, lambda shown: show_conflicts(project, shown))


@app.command()
def resolve(
    path: Annotated[
        str | None, typer.Argument(help="The file to decide on (default: all that are open).")
    ] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    take: Annotated[
        str | None, typer.Option(help="Which side: mine, generated or proposed.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Take the content of this file.")] = None,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="Give the generation up; your files stay.")
    ] = False,
    json: Json = False,
) -> None:
    """Decide on conflicts; the last one completes it."""
    from local_engine.cli.commands.conflicts import Decision, resolve_conflicts

    decision = Decision(path, take, file, abandon)
    carry_out(json, lambda shown: resolve_conflicts(project, decision, shown))


@app.command("try")
def try_(
    called: Annotated[str, typer.Argument(metavar="NAME", help="What the trial is called.")],
    project: Project = Path(),
    recover: Annotated[
        bool, typer.Option("--recover", help="Have back the discarded trial of this name.")
    ] = False,
    replace_data: ReplaceData = False,
    json: Json = False,
) -> None:
    """Try something out on a branch of its own."""
    from local_engine.cli.commands.trial import recover_trial, try_out

    if recover:
        carry_out(json, lambda shown: recover_trial(project, called, replace_data, shown))
    else:
        carry_out(json, lambda shown: try_out(project, called, shown))


@app.command()
def keep(project: Project = Path(), json: Json = False) -> None:
    """Make what was tried out the main line."""
    from local_engine.cli.commands.trial import keep_trial

    carry_out(json, lambda shown: keep_trial(project, shown))


@app.command()
def discard(
    project: Project = Path(), replace_data: ReplaceData = False, json: Json = False
) -> None:
    """Go back to the main line; the trial is kept for a time."""
    from local_engine.cli.commands.trial import discard_trial

    carry_out(json, lambda shown: discard_trial(project, replace_data, shown))


@app.command()
def users(
    project: Annotated[Path, typer.Argument(help="Folder or name of a project, running or not.")],
    action: Annotated[UserAction, typer.Argument(help="What to do.")],
    email: Annotated[str, typer.Argument(help="E-mail address: who signs in.")],
    role: Annotated[
        list[str] | None, typer.Option(metavar="ROLE", help="A role; give it again for more.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="For a field of User; again for more."),
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="Make up the password and print it.")
    ] = False,
    json: Json = False,
) -> None:
    """Make the first admin, and users with roles.

    Who has an account already gets this password and these roles.

    The password is asked for on a terminal, else it is the first line of standard input; without
    one it is made up and printed once.
    """
    from local_engine.cli.commands.users import UserRequest, add_user

    assert action is UserAction.ADD
    request = UserRequest(project, email, role or (), field or (), generate)
    carry_out(json, lambda shown: add_user(request, shown))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0: free.")] = 0,
    browser: Annotated[bool, typer.Option("--open", help="Open the window in a browser.")] = False,
    json: Json = False,
) -> None:
    """Run the engine that the window talks to; Ctrl-C ends it."""
    from local_engine.cli.commands.serve import serve_engine

    carry_out(json, lambda shown: serve_engine(port, browser, shown))


@app.command()
def doctor(json: Json = False) -> None:
    """Say whether this machine has what is needed."""
    from local_engine.cli.commands.doctor import examine

    carry_out(json, examine)


ALLOCATIONS = 50_000
"""So many new objects have Python look for garbage. What a command makes, modules above all, stays
to its end: looking through it after every 700 was a tenth of the processor time."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(ALLOCATIONS)
    interruption.install()
    try:
        app()
    except SystemExit as end:
        if isinstance(end.code, int | None):
            leave(end.code or 0)
        raise


if __name__ == "__main__":
    main()
