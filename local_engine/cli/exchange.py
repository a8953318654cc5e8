"""The options of `import`, `export` and `push`: what comes from elsewhere, and what goes there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from local_engine.cli.options import Json, Project, carry_out

app = typer.Typer()


@app.command("import")
def import_(
    source: Annotated[
        str,
        typer.Argument(help="A DDL, an OpenAPI document, postgresql://user@host/db, or a project."),
    ],
    kind: Annotated[
        str | None, typer.Option("--from", help="sql, openapi, postgres or folder.")
    ] = None,
    dialect: Annotated[str, typer.Option(help="Of a DDL: postgres, mysql or sqlite.")] = "postgres",
    name: Annotated[str | None, typer.Option(help="What the product is called.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it there (with --project: folder).")
    ] = None,
    project: Annotated[bool, typer.Option("--project", help="Make a whole project of it.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """From a database, a DDL, an OpenAPI document or a project to a Blueprint, with a report."""
    from local_engine.cli.commands.import_ import ImportRequest, import_source

    request = ImportRequest(source, kind, dialect, name, output, project, password_stdin)
    carry_out(json, lambda shown: import_source(request, shown))


@app.command()
def export(
    project: Project,
    form: Annotated[
        str,
        typer.Option(
            "--as",
            help="typescript, openapi, postman, bruno, mermaid, svg, schema, compose, swarm, "
            "kubernetes, zip or folder.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The new file or folder.")],
    git: Annotated[bool, typer.Option(help="zip and folder: with the history.")] = False,
    json: Json = False,
) -> None:
    """From a project to a client, a document, a diagram, or a clean copy of it."""
    from local_engine.cli.commands.export import export_project

    carry_out(json, lambda shown: export_project(project, form, output, git, shown))


@app.command()
def push(
    project: Project = Path(),
    remote: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="ADDRESS", help="https://… or git@host:… (default: where it went)."
        ),
    ] = None,
    branch: Annotated[str, typer.Option(help="The branch there.")] = "main",
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input.")
    ] = False,
    secret: Annotated[
        str | None, typer.Option(help="The kept secret to use (default: git. and the host).")
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(metavar="FINGERPRINT", help="Trust an ssh host that shows this key."),
    ] = None,
    json: Json = False,
) -> None:
    """Send a project's history to a git remote; nothing there is ever overwritten."""
    from local_engine.cli.commands.push import PushOrder, push_project

    order = PushOrder(project, remote, branch, secret, token_stdin, trust)
    carry_out(json, lambda shown: push_project(order, shown))
