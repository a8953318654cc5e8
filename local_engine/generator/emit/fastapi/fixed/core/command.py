"""The command line of the service: `python -m app COMMAND`.

Commands import what they need when they run, so that `migrate` starts without the web framework.
Exit codes: 0 done, 1 failed, 2 wrong call or wrong settings (with one line that says which).
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from .project import Project, load

Command: TypeAlias = Callable[[Project, argparse.Namespace], int]

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


class CommandError(Exception):
    """A command cannot be carried out; the message is one line."""

    def __init__(self, message: str, code: int = EXIT_FAILED) -> None:
        super().__init__(message)
        self.code = code


def run(project: Project, arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return the exit code."""
    options = _parser(project).parse_args(arguments)
    with _lasting():
        from .settings import SettingsError

        try:
            command: Command = _COMMANDS[options.command]
            return command(project, options)
        except SettingsError as error:
            return _complain(str(error), EXIT_USAGE)
        except CommandError as error:
            return _complain(str(error), error.code)
        except KeyboardInterrupt:
            return 130


@contextlib.contextmanager
def _lasting() -> Iterator[None]:
    """What is made inside, modules above all, stays until the process ends: no garbage to look for.

    That is a third of the time that a service needs to start and stop.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _parser(project: Project) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m app", description=f"{project.name}: the service."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    migrate = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrate.add_argument("direction", nargs="?", choices=["up", "down", "status"], default="up")
    migrate.add_argument("--to", type=int, metavar="N", help="the last migration to keep")
    migrate.add_argument("--yes", action="store_true", help="go down without asking: data is lost")
    serve = commands.add_parser("serve", help="answer requests")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    commands.add_parser("worker", help="send e-mail and webhooks, run jobs")
    commands.add_parser("users", help="create or update accounts, as JSON from standard input")
    commands.add_parser("seed", help="fill in demo data")
    commands.add_parser("openapi", help="print the OpenAPI document")
    return parser


def _migrate(project: Project, options: argparse.Namespace) -> int:
    import psycopg

    from .loop import loop_factory
    from .migrations import (
        MigrationError,
        migrate_down,
        migrate_up,
        read_migrations,
        read_status,
        titles_above,
    )
    from .settings import load_settings

    url = load_settings().database_url.get_secret_value()
    try:
        migrations = read_migrations(project.migrations)
        with loop_factory() as runner:
            if options.direction == "status":
                for status in runner.run(read_status(url, migrations)):
                    _print(f"{'applied' if status.applied else 'pending'}  {status.title}")
                return EXIT_OK
            if options.direction == "down" and not options.yes:
                _confirm(titles_above(runner.run(read_status(url, migrations)), options.to))
            step = migrate_up if options.direction == "up" else migrate_down
            done = runner.run(step(url, migrations, options.to))
    except (MigrationError, psycopg.OperationalError) as error:
        raise CommandError(_one_line(error)) from None
    word = "applied" if options.direction == "up" else "taken back"
    for title in done:
        _print(f"{word}  {title}")
    if not done:
        _print("nothing to do")
    return EXIT_OK


def _confirm(titles: Sequence[str]) -> None:
    """Ask before tables go, with all that is in them. Raises `CommandError` unless it is meant."""
    if not titles:
        return
    told = f"migrate down takes back {', '.join(titles)}, and deletes the data in what they made"
    if not sys.stdin.isatty():
        raise CommandError(f"{told}: repeat it with --yes if that is meant", EXIT_USAGE)
    sys.stderr.write(f'{told}.\nType "yes" to go on: ')
    sys.stderr.flush()
    if sys.stdin.readline().strip() != "yes":
        raise CommandError("nothing was changed", EXIT_USAGE)


def _serve(project: Project, options: argparse.Namespace) -> int:
    from .logs import configure_logging
    from .server import serve
    from .settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level)
    with _lasting():
        app = load(project.application)(settings)
    serve(app, options.host, options.port)
    return EXIT_OK


def _worker(project: Project, _options: argparse.Namespace) -> int:
    """Runs until SIGTERM or SIGINT; a task that is under way is finished first."""
    if project.tasks is None:
        raise CommandError("this project has no e-mail, webhooks or jobs: there is nothing to run")
    from .logs import configure_logging
    from .loop import loop_factory
    from .queue import run_worker
    from .services import Services
    from .settings import load_settings

    settings = load_settings()
    configure_logging(settings.log_level)
    with _lasting():
        services = Services.of(settings, {}, project.migrations)
        tasks = load(project.tasks)
    with loop_factory() as runner:
        runner.run(run_worker(tasks, services))
    return EXIT_OK


def _users(project: Project, _options: argparse.Namespace) -> int:
    """Reads `{"users": [{"email", "password", "roles", ...}]}`, prints e-mail addresses and ids."""
    from ..accounts.seeding import AccountsRefused, save_users
    from .loop import loop_factory
    from .settings import load_settings

    settings = load_settings()
    try:
        given = json.load(sys.stdin)
        with loop_factory() as runner:
            saved = runner.run(save_users(settings, load(project.profile), given))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"standard input is not JSON: {error}") from None
    except AccountsRefused as error:
        raise CommandError(str(error)) from None
    _print(json.dumps({"users": saved}))
    return EXIT_OK


def _seed(project: Project, _options: argparse.Namespace) -> int:
    if project.seed is None:
        _print("this project has no demo data")
        return EXIT_OK
    import psycopg

    from .db import Database
    from .loop import loop_factory
    from .problem import Problem
    from .settings import load_settings

    database = Database(load_settings())
    seed = load(project.seed)

    async def fill() -> None:
        async with database:
            await database.run(seed)

    try:
        with loop_factory() as runner:
            runner.run(fill())
    except (psycopg.Error, Problem) as error:
        raise CommandError(f"the demo data is refused: {_one_line(error)}") from None
    _print("demo data is in place")
    return EXIT_OK


def _openapi(project: Project, _options: argparse.Namespace) -> int:
    from .settings import load_settings

    # Nothing is connected or signed for this: any well-formed settings will do.
    settings = load_settings(database_url="postgresql://unused", secret_key="unused" * 6)
    app = load(project.application)(settings)
    _print(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
    return EXIT_OK


_COMMANDS: dict[str, Command] = {
    "migrate": _migrate,
    "serve": _serve,
    "worker": _worker,
    "users": _users,
    "seed": _seed,
    "openapi": _openapi,
}


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n")
    return code


def _one_line(error: Exception) -> str:
    """The first line of an error's message."""
    return (str(error).strip() or repr(error)).splitlines()[0]
