"""The command line of the service: `python -m cloud_api`, without arguments the server."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cloud_api.config.settings import Settings, SettingsError, load_settings
from cloud_api.database.backup import BackupError, back_up, back_up_into, restore, unreadable_keys
from cloud_api.database.migrations import MigrationError, migrate, read_migrations
from cloud_api.web.logs import configure_logging

if TYPE_CHECKING:
    from cloud_api.server import CloudServer

FAILED, USAGE, ENVIRONMENT = 1, 2, 3
T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    The exit code is 1 when it failed, 2 for wrong settings, 3 when the database cannot be had.
    """
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.run
    try:
        return command(chosen)
    except SettingsError as error:
        for line in str(error).splitlines():
            _say(line)
        return USAGE
    except MigrationError as error:
        _say(f"{error}.")
        return ENVIRONMENT
    except BackupError as error:
        _say(f"{error}.")
        return FAILED
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cloud_api", description=__doc__)
    parser.set_defaults(run=_serve, announce=False, until_stdin_closes=False)
    commands = parser.add_subparsers(metavar="COMMAND")
    serve = commands.add_parser("serve", help="migrate, then answer requests (the default)")
    serve.add_argument("--announce", action="store_true", help="print the address as a JSON line")
    serve.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop, as on SIGTERM, when whoever holds the other end of standard input has ended",
    )
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="run what is queued, and answer no requests")
    worker.set_defaults(run=_work)
    up = commands.add_parser("migrate", help="bring the schema of the database up to date")
    up.set_defaults(run=_migrate)
    rewrap = commands.add_parser(
        "rewrap-keys", help="protect stored keys by the present PLATFORM_SECRET_KEY"
    )
    rewrap.set_defaults(run=_rewrap)
    backup = commands.add_parser("backup", help="write all of the database into one file")
    backup.add_argument(
        "file", type=Path, help="the file to make, such as cloud.zip; - for standard output"
    )
    backup.set_defaults(run=_back_up)
    back = commands.add_parser("restore", help="fill an empty database from such a file")
    back.add_argument("file", type=Path, help="a file that `backup` made")
    back.add_argument("--replace", action="store_true", help="remove what is in the database")
    back.set_defaults(run=_restore)
    schema = commands.add_parser("schema", help="print the whole schema as one SQL file")
    schema.add_argument(
        "--write", action="store_true", help="write it to config/database_setup.sql"
    )
    schema.set_defaults(run=_schema)
    openapi = commands.add_parser("openapi", help="print the OpenAPI document")
    openapi.set_defaults(run=_openapi)
    return parser


def _serve(chosen: argparse.Namespace) -> int:
    from cloud_api.server import CloudServer
    from cloud_api.services import make_services

    settings = _start()

    def on_ready(address: str) -> None:
        if chosen.announce:
            sys.stdout.write(json.dumps({"url": address}) + "\n")
            sys.stdout.flush()

    async def run() -> int:
        await migrate(settings.direct_url, read_migrations())
        server = CloudServer(make_services(settings), on_ready)
        if chosen.until_stdin_closes:
            _stop_with_stdin(server, asyncio.get_running_loop())
        await server.serve()
        return 0 if server.started else ENVIRONMENT

    return _run(run())


def _stop_with_stdin(server: CloudServer, loop: asyncio.AbstractEventLoop) -> None:
    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        with contextlib.suppress(RuntimeError):  # it has ended in another way
            loop.call_soon_threadsafe(server.drain, "standard input was closed")

    threading.Thread(target=wait, daemon=True, name="standard input").start()


def _work(_chosen: argparse.Namespace) -> int:
    from cloud_api.services import make_services
    from cloud_api.worker import run_worker

    settings = _start()

    async def run() -> int:
        await migrate(settings.direct_url, read_migrations())
        await run_worker(make_services(settings))
        return 0

    return _run(run())


def _migrate(_chosen: argparse.Namespace) -> int:
    settings = load_settings()
    done = _run(migrate(settings.direct_url, read_migrations()))
    for title in done or ["nothing to do"]:
        sys.stdout.write(f"{title}\n")
    return 0


def _rewrap(_chosen: argparse.Namespace) -> int:
    from cloud_api.features.llm_keys.service import rewrap_all
    from cloud_api.services import make_services

    services = make_services(load_settings())

    async def run() -> tuple[int, int]:
        async with services.database:
            return await rewrap_all(services)

    done, failed = _run(run())
    sys.stdout.write(f"{done} keys are protected by the present secret now.\n")
    if failed:
        _say(
            f"{failed} keys cannot be opened: set PLATFORM_PREVIOUS_SECRET_KEY to the secret that "
            "they were stored under, and repeat this."
        )
    return 1 if failed else 0


def _back_up(chosen: argparse.Namespace) -> int:
    settings = load_settings()
    piped = str(chosen.file) == "-"
    if piped and sys.stdout.isatty():
        raise BackupError("a terminal cannot hold a backup. Say where to: backup - > cloud.zip")
    if piped:
        work = back_up_into(settings.direct_url, sys.stdout.buffer)
    else:
        work = back_up(settings.direct_url, chosen.file)
    manifest = _run(work)
    said = sys.stderr if piped else sys.stdout
    said.write(
        f"{'the backup' if piped else chosen.file}: {manifest.rows} rows of "
        f"{len(manifest.tables)} tables. Keep it where PLATFORM_SECRET_KEY is not: keys of "
        "providers in it are encrypted with that.\n"
    )
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    from cloud_api.security.vault import Vault

    settings = load_settings()
    work = restore(settings.direct_url, chosen.file, read_migrations(), replace=chosen.replace)
    manifest = _run(work)
    sys.stdout.write(
        f"{manifest.rows} rows of {manifest.made_at:%Y-%m-%d %H:%M} UTC are back. All sessions "
        "have ended: everybody has to sign in again.\n"
    )
    lost = _run(unreadable_keys(settings.direct_url, Vault(settings.secret_keys).knows))
    if lost:
        _say(
            f"{lost} of the keys of providers cannot be opened: they were stored under another "
            "secret. Set PLATFORM_PREVIOUS_SECRET_KEY to that and run rewrap-keys."
        )
    return 0


def _schema(chosen: argparse.Namespace) -> int:
    from cloud_api.database.setup_file import FILE, setup_text

    text = setup_text(read_migrations())
    if chosen.write:
        FILE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _openapi(_chosen: argparse.Namespace) -> int:
    from cloud_api.application import make_api

    document = make_api(None).openapi()
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    return 0


def _start() -> Settings:
    settings = load_settings()
    configure_logging(settings.log_level)
    return settings


def _run(work: Coroutine[Any, Any, T]) -> T:
    from cloud_api.server import loop_factory

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def _say(line: str) -> None:
    sys.stderr.write(f"Error: {line}\n")
