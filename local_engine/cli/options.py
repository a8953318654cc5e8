"""Options that commands share, and how every command is carried out."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from local_engine.cli import interruption, program
from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Project = Annotated[Path, typer.Argument(help="The project's folder.")]
VersionName = Annotated[
    str, typer.Argument(metavar="VERSION", help="Its name, or the beginning of its id.")
]
BlueprintPath = Annotated[
    Path, typer.Argument(help="A Blueprint, or the folder of a project.", show_default=True)
]
Output_ = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The project's folder (default: ./<name of the product>)."),
]
Seed = Annotated[int, typer.Option(help="Seed of everything random; same seed, same verdicts.")]
Groups = Annotated[
    str | None, typer.Option("--groups", help="Only these groups of checks, with commas.")
]
Reports = Annotated[
    Path | None, typer.Option("--report", help="Folder for report.json, .html and .xml.")
]
Docker = Annotated[bool, typer.Option("--docker", help="In containers of your Docker engine.")]
OfDocker = Annotated[
    bool, typer.Option("--docker", help="The data of its deployment, not of its preview.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Apply it without asking.")]
Via = Annotated[
    str,
    typer.Option(
        "--via",
        help="no-model (by rules), cloud (your account), own-key (a model, with your key) or "
        "local-model (Ollama ...).",
    ),
]
Provider = Annotated[
    str | None, typer.Option("--provider", help="With own-key: gemini, groq or openai.")
]
Model = Annotated[str | None, typer.Option("--model", help="Which model (default: its usual one).")]
Server = Annotated[
    str | None, typer.Option("--server", help="With local-model: its address (default: Ollama's).")
]
MaxTokens = Annotated[int | None, typer.Option("--max-tokens", help="What models may use at most.")]
Drop = Annotated[
    bool, typer.Option("--drop", help="Allow what drops columns or tables with their data.")
]

ReplaceData = Annotated[
    bool,
    typer.Option(
        "--replace-data", help="Let older data replace newer; that is kept as a version first."
    ),
]


class UserAction(StrEnum):
    """What can be done with accounts."""

    ADD = "add"


class TrashAction(StrEnum):
    """What can be done with deleted projects."""

    LIST = "list"
    RESTORE = "restore"
    EMPTY = "empty"


def where(docker: bool) -> Literal["preview", "docker"]:
    """Which of a project's databases is meant."""
    return "docker" if docker else "preview"


def carry_out(as_json: bool, command: Callable[[Output], int]) -> NoReturn:
    """Carry a command out; never ends with a traceback for a mistake of the user's."""
    shown = Output(as_json=as_json)
    try:
        with shown.at_end:
            code = command(shown)
    except CommandError as failure:
        shown.fail(failure.message, failure.hint)
        code = failure.code
    except BrokenPipeError:
        raise  # whoever read our output has gone: typer ends quietly
    except OSError as failure:
        from local_engine.runtime.disk_refusal import disk_refusal

        place = f"{failure.filename}: " if failure.filename else ""
        hint = disk_refusal(failure) or f"{program.command('doctor')} looks closer"
        shown.fail(f"{place}{failure.strerror or failure}", hint)
        code = ExitCode.ENVIRONMENT
    except KeyboardInterrupt:
        shown.interrupted()
        code = interruption.exit_code()
    raise typer.Exit(code)
