"""A whole database as one stream, in the format of `pg_dump --format=custom`, and back.

The programs come with the server, so both are of one version. The password travels in the
environment, the data through pipes: they end with this process, however it ends, and neither
side is ever in memory as a whole.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO

from local_engine.runtime.postgres import process
from local_engine.runtime.postgres.binaries import program

BLOCK_BYTES = 1024 * 1024
_LINES_SHOWN = 5

# gzip:1 costs a third more time than none at all, for an eighth of the bytes (200,000 rows).
DUMP = ("pg_dump", "--format=custom", "--compress=gzip:1", "--lock-wait-timeout=20s")
RESTORE = ("pg_restore", "--format=custom", "--exit-on-error", "--single-transaction")


class ArchiveError(Exception):
    """The program could not do it; the message has its last words."""


def dump(address: Mapping[str, str], into: IO[bytes], *, snapshot: str | None = None) -> None:
    """Write everything in the database. `address` are the variables that libpq knows (PGHOST ...).

    `snapshot` is an exported one to read in. Raises `ArchiveError`, and OSError of `into`.
    """
    options = [] if snapshot is None else [f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as said:
        child = _start([*DUMP, *options], address, said, stdout=subprocess.PIPE)
        assert child.stdout is not None
        with _ended(child), child.stdout:
            while block := child.stdout.read(BLOCK_BYTES):
                into.write(block)
        _require_success(child, said, "written")


def load(address: Mapping[str, str], source: IO[bytes], *, owner: str | None = None) -> None:
    """Make everything in an empty database, all or nothing.

    With `owner` everything belongs to that role, whoever it belonged to. Raises `ArchiveError`.
    """
    options = [] if owner is None else ["--no-owner", "--no-privileges", f"--role={owner}"]
    name = f"--dbname={address['PGDATABASE']}"
    with tempfile.TemporaryFile() as said:
        child = _start([*RESTORE, *options, name], address, said, stdin=subprocess.PIPE)
        assert child.stdin is not None
        with _ended(child):
            try:
                with child.stdin:
                    while block := source.read(BLOCK_BYTES):
                        child.stdin.write(block)
            except BrokenPipeError:
                pass  # it ended early: its own words say why
        _require_success(child, said, "read")


def _start(
    command: list[str],
    address: Mapping[str, str],
    said: IO[bytes],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    name, *options = command
    return subprocess.Popen(
        [str(program(name, None)), "--no-password", *options],
        stdin=stdin,
        stdout=stdout,
        stderr=said,
        env={**process.environment(), **address},
        start_new_session=True,
    )


@contextlib.contextmanager
def _ended(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """See to it that the program has ended when the block is left."""
    try:
        yield
    except BaseException:
        child.kill()
        raise
    finally:
        child.wait()


def _require_success(child: subprocess.Popen[bytes], said: IO[bytes], done: str) -> None:
    if child.returncode != 0:
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()[-_LINES_SHOWN:]
        raise ArchiveError(f"The database could not be {done}: " + "\n  ".join(lines))
