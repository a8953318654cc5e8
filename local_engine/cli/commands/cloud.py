"""`cloud`: the cloud service with a database of its own on this machine, until Ctrl-C.

The engine does not import the cloud: it starts it as a process of its own, and gives it by
environment what a provider's dashboard would give it.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from local_engine.cli.errors import CommandError, ExitCode
from local_engine.cli.output import Output

PACKAGE = "cloud_api"
_DATABASE = "cloud"
_LAST_WORDS = 2_000
_PATIENCE_SECONDS = 30.0


def run_cloud(port: int, output: Output) -> int:
    """Start database and service, print the address, and wait for the end of the service."""
    from local_engine.runtime.home import engine_home
    from local_engine.runtime.postgres import PostgresError, PostgresServer, kept
    from local_engine.runtime.private_files import make_private_folder

    _require_cloud()
    _require_port(port)
    folder = make_private_folder(engine_home() / "cloud")
    server = PostgresServer(engine_home() / "cloud-postgresql")
    with kept(server, "stop"):
        try:
            with output.step("database"):
                server.start()
                url = server.create_database(_DATABASE).url
            return _serve(folder, settings_for(folder, url, port), output)
        except PostgresError as error:
            raise CommandError(str(error), code=ExitCode.ENVIRONMENT) from None
        finally:
            server.stop()


def settings_for(folder: Path, database_url: str, port: int) -> dict[str, str]:
    """The service's settings, beside what the user's own environment says (keys of providers)."""
    from local_engine.runtime.private_files import read_or_create_secret

    return {
        "PLATFORM_ENVIRONMENT": "development",
        "PLATFORM_DATABASE_URL": database_url,
        "PLATFORM_DATABASE_DIRECT_URL": database_url,
        "PLATFORM_SECRET_KEY": read_or_create_secret(folder / "secret-key"),
        "PLATFORM_HOST": "127.0.0.1",
        "PLATFORM_DRAIN_SECONDS": "0",
        "MAIL_FOLDER": str(folder / "mails"),
        "PORT": str(port),
    }


def _require_cloud() -> None:
    if importlib.util.find_spec(PACKAGE) is None:
        raise CommandError(
            "this installation has no cloud service in it",
            hint="run it from a checkout of the repository, or from its container image",
            code=ExitCode.ENVIRONMENT,
        )


def _require_port(port: int) -> None:
    from local_engine.runtime.ports import is_free

    if port and not is_free(port):
        raise CommandError(
            f"something else listens on port {port}",
            hint="name another one: --port 8001, or --port 0 for any that is free",
            code=ExitCode.ENVIRONMENT,
        )


def _serve(folder: Path, settings: Mapping[str, str], output: Output) -> int:
    """Run the service, which ends with this process; its log goes to a file."""
    from local_engine.runtime.own_process import module_command, own_environment

    log = folder / "cloud.log"
    service = subprocess.Popen(
        module_command(PACKAGE, "serve", "--announce", "--until-stdin-closes"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**own_environment(), **settings},
    )
    try:
        facts = _announced(service, log)
        output.field("Cloud", facts["url"])
        output.field("Mails", f"{settings['MAIL_FOLDER']}  (they are written there, not sent)")
        output.field("Log", str(log))
        output.line("Ctrl-C ends it; accounts and projects stay.")
        output.finish({**facts, "mails": settings["MAIL_FOLDER"], "log": str(log)})
        return service.wait()
    except KeyboardInterrupt:
        return ExitCode.OK
    finally:
        _end(service)


def _announced(service: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """The service's address, once it answers; from then on its log goes to the file by itself."""
    assert service.stdout is not None
    log.touch(mode=0o600)
    with log.open("wb") as file:
        for line in service.stdout:
            if line.startswith(b'{"url"'):
                threading.Thread(target=_keep_log, args=(service, log), daemon=True).start()
                facts: dict[str, str] = json.loads(line)
                return facts
            file.write(line)
    said = log.read_text("utf-8", "replace")[-_LAST_WORDS:].strip()
    raise CommandError(
        f"the cloud service ended while it started. Its last words:\n{said}",
        hint=f"the whole log: {log}",
        code=ExitCode.ENVIRONMENT,
    )


def _keep_log(service: subprocess.Popen[bytes], log: Path) -> None:
    assert service.stdout is not None
    with log.open("ab", buffering=0) as file:
        for line in service.stdout:
            file.write(line)


def _end(service: subprocess.Popen[bytes]) -> None:
    """Ask the service to end, by closing its input; it answers what is open, then goes."""
    if service.stdin is not None:
        service.stdin.close()
    try:
        service.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        service.kill()
        service.wait()
