"""kill -9 at any moment, a full disk, and more rows than fit: the data is the old or the new."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from held_database import run

from local_engine.runtime.own_process import own_environment
from local_engine.runtime.postgres import Database, PostgresError, PostgresServer
from local_engine.runtime.postgres.process import running_process
from local_engine.runtime.snapshots import SnapshotFiles
from local_engine.runtime.snapshots.held import HeldDatabase

WORKER = """
import sys
from pathlib import Path
from local_engine.runtime.postgres import PostgresServer
from local_engine.runtime.snapshots import SnapshotFiles
from local_engine.runtime.snapshots.held import HeldDatabase

files = SnapshotFiles(Path(sys.argv[3]))
held = HeldDatabase(PostgresServer(Path(sys.argv[1])), sys.argv[2], files)
old = files.find(sys.argv[4])
print("ready", flush=True)
while True:
    held.restore(old)
    new = held.store("asked")
    held.restore(new)
    files.remove(new.id)
"""
ROWS = 2000
SUM = "SELECT count(*), sum(a) FROM t"


def fill(database: Database, rows: int) -> None:
    run(
        database,
        "CREATE TABLE t (a bigint PRIMARY KEY, b text)",
        f"INSERT INTO t SELECT g, md5(g::text) FROM generate_series(1, {rows}) AS g",
    )


def start(server: PostgresServer, database: Database, folder: Path, snapshot: str) -> object:
    arguments = [str(server.directory), database.name, str(folder), snapshot]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=own_environment(),
    )


def kills(server: PostgresServer, database: Database, folder: Path, seeds: range) -> None:
    """Kill a process that stores and restores all the time; look whether the data is whole.

    Every fourth time PostgreSQL itself is killed too.
    """
    fill(database, ROWS)
    files = SnapshotFiles(folder)
    held = HeldDatabase(server, database.name, files)
    snapshot = held.store("asked")
    run(database, "DELETE FROM t WHERE a > 1000")  # so old and new are not alike
    wholes = {(ROWS, ROWS * (ROWS + 1) // 2), (1000, 500500)}
    for seed in seeds:
        seconds = random.Random(seed).uniform(0, 0.6)
        print(f"seed {seed}: killed after {seconds:.3f} s")
        worker = start(server, database, folder, snapshot.id)
        assert isinstance(worker, subprocess.Popen)
        with worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(seconds)
            worker.kill()
        if seed % 4 == 0:
            _kill_server(server)
        server.start()
        server.create_database(database.name)  # as whoever uses it next does
        found = run(database, SUM)[0]
        assert found in wholes, f"half of the data: {found}"
        for one in files.all():
            with files.content(one):  # what is described is whole
                pass
        held = HeldDatabase(server, database.name, files)
        held.recover()
        held.restore(snapshot)
        assert run(database, SUM)[0] == (ROWS, ROWS * (ROWS + 1) // 2)
        for one in files.all():
            if one.id != snapshot.id:
                files.remove(one.id)
        left = {path.suffix for path in folder.iterdir()}
        assert left <= {".dump", ".json"}, left


def _kill_server(server: PostgresServer) -> None:
    postmaster = running_process(server._cluster.data)
    assert postmaster is not None
    for one in (postmaster, *postmaster.children()):
        try:
            one.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    postmaster.wait(10)


def test_kills_while_it_stores_and_restores(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    kills(postgres_server, database, tmp_path / "snapshots", range(20))


@pytest.mark.full
def test_two_hundred_kills(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    kills(postgres_server, database, tmp_path / "snapshots", range(100, 300))


def test_a_full_disk_while_storing_leaves_nothing_behind(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    fill(database, ROWS)
    held = HeldDatabase(postgres_server, database.name, SnapshotFiles(tmp_path / "snapshots"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            held.store("asked")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert run(database, SUM)[0][0] == ROWS


def test_a_full_disk_while_restoring_leaves_the_old_data(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    """No file of the server may grow beyond 16 MiB, its log's size; the table is larger."""
    run(
        database,
        "CREATE TABLE t AS SELECT g AS a, repeat(md5(g::text), 20) AS b"
        " FROM generate_series(1, 30000) AS g",
    )
    held = HeldDatabase(postgres_server, database.name, SnapshotFiles(tmp_path / "snapshots"))
    snapshot = held.store("asked")
    run(database, "DELETE FROM t WHERE a > 10", "VACUUM FULL t")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    postgres_server.stop()
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024**2, before[1]))
    try:
        postgres_server.start()
        with pytest.raises(PostgresError, match="File too large"):
            held.restore(snapshot)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert run(database, SUM)[0] == (10, 55)
    postgres_server.stop()
    postgres_server.start()
    held.restore(snapshot)
    assert run(database, SUM)[0][0] == 30_000


def test_a_large_database_passes_through_little_memory(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    """60 MiB that no compression makes smaller: the process grows by less than a third of it."""
    run(
        database,
        "CREATE TABLE t (a int PRIMARY KEY, b bytea)",
        "INSERT INTO t SELECT g, (SELECT string_agg(sha512((g * 100000 + h)::text::bytea), '')"
        " FROM generate_series(1, 1600) AS h) FROM generate_series(1, 600) AS g",
    )
    code = (
        "import resource, sys\n"
        + WORKER.partition("print(")[0]
        + "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "new = held.store('asked'); held.restore(new)\n"
        "assert held.newer_than(new, ()) == {}\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(new.bytes, (after - before) * 1024)\n"
    )
    arguments = [str(postgres_server.directory), database.name, str(tmp_path / "s"), "0" * 16]
    said = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**own_environment(), "MALLOC_TRIM_THRESHOLD_": "65536"},
    ).stdout
    size, grown = map(int, said.split())
    print(f"{size} bytes stored, {grown} bytes of memory")
    assert size > 50 * 1024**2
    assert grown < size / 3


def test_no_password_is_in_any_argument(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    """Looked at while it works: the arguments of every process that we started."""
    fill(database, 20_000)
    files = SnapshotFiles(tmp_path / "snapshots")
    snapshot = HeldDatabase(postgres_server, database.name, files).store("asked")
    worker = start(postgres_server, database, tmp_path / "snapshots", snapshot.id)
    assert isinstance(worker, subprocess.Popen)
    seen: set[str] = set()
    with worker:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and len({name.split()[0] for name in seen}) < 2:
            for child in psutil.Process(worker.pid).children():
                try:
                    seen.add(" ".join([child.name(), *child.cmdline()]))
                except psutil.NoSuchProcess:
                    continue
        worker.kill()
    programs = {line.split()[0] for line in seen}
    assert {"pg_dump", "pg_restore"} <= programs
    password = postgres_server._cluster.superuser_password
    assert not any(password in line for line in seen)
    assert os.environ.get("PGPASSWORD") is None
