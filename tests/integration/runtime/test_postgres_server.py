"""The embedded PostgreSQL server: start, stop, crash, ports, and what lies on the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from killing import alive, eventually, line_of, python

from local_engine.runtime.postgres import PostgresError, PostgresServer
from local_engine.runtime.postgres.account import Account, Identity, account_for
from local_engine.runtime.postgres.binaries import program
from local_engine.runtime.superuser import is_root

START = """
import sys
from pathlib import Path
from local_engine.runtime.postgres import PostgresServer
server = PostgresServer(Path(sys.argv[1]), durable=False)
"""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test alone, not started yet."""
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="backend-generator-")), durable=False)
    yield server
    server.remove()


def postmaster(server: PostgresServer) -> int:
    data = (server.directory / "storage" / "data").resolve()
    return int((data / "postmaster.pid").read_text().split()[0])


def ask(url: str, sql: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_data_survives_stop_and_start_and_the_address_stays(server: PostgresServer) -> None:
    assert not server.running
    with pytest.raises(PostgresError, match="never started"):
        _ = server.port
    server.start()
    first = postmaster(server)
    server.start()
    assert postmaster(server) == first
    database = server.create_database("shop")
    ask(database.url, "CREATE TABLE t AS SELECT 42 AS a")
    server.stop()
    assert not server.running
    assert not alive(first)
    with pytest.raises(PostgresError, match="not running"):
        server.create_database("shop")
    server.stop()
    server.start()
    assert ask(database.url, "SELECT a FROM t") == 42
    assert server.create_database("shop") == database


def test_a_durable_server_waits_for_the_disk_and_a_forgetful_one_does_not(
    server: PostgresServer,
) -> None:
    settings = "SELECT current_setting('fsync') || current_setting('synchronous_commit')"
    server.start()
    assert ask(server.superuser_url, settings) == "offoff"
    server.stop()
    durable = PostgresServer(server.directory)
    durable.start()
    assert ask(durable.superuser_url, settings) == "onon"


def test_text_compares_by_code_point_in_utf_8(server: PostgresServer) -> None:
    server.start()
    url = server.create_database("texts").url
    words = "SELECT string_agg(w, ' ' ORDER BY w) FROM unnest('{b,Z,a,ä,z,é,\U0001f600}'::text[]) w"
    assert ask(url, words) == "Z a b z ä é \U0001f600"
    assert ask(url, "SELECT upper('äé')") == "ÄÉ"  # letters outside of ASCII are letters
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert ask(url, "SHOW timezone") == "UTC"
    assert str(ask(url, "SHOW server_version")).startswith("18")


def test_several_processes_may_start_it_at_once(server: PostgresServer) -> None:
    code = START + "input(); server.start(); print(server.port, flush=True)"
    with contextlib.ExitStack() as stack:
        starters = [stack.enter_context(python(code, str(server.directory))) for _ in range(3)]
        for starter in starters:
            assert starter.stdin is not None
            starter.stdin.write("go\n")
            starter.stdin.flush()
        ports = {line_of(starter) for starter in starters}
    assert ports == {str(server.port)}
    assert ask(server.superuser_url, "SELECT 1") == 1


def test_it_outlives_the_process_that_started_it(server: PostgresServer) -> None:
    with python(START + "server.start(); print()", str(server.directory)) as starter:
        line_of(starter)
        starter.wait()
    assert server.running
    pid = postmaster(server)
    server.stop()
    assert not alive(pid)


def test_committed_data_survives_kill_9(server: PostgresServer) -> None:
    server = PostgresServer(server.directory)
    server.start()
    database = server.create_database("shop")
    ask(database.url, "CREATE TABLE t AS SELECT 42 AS a")
    with contextlib.closing(psycopg.connect(database.url)) as busy:
        busy.execute("INSERT INTO t VALUES (43)")  # never committed
        os.kill(postmaster(server), signal.SIGKILL)
        assert eventually(lambda: not server.running, 2)
        assert (server.directory / "storage" / "data" / "postmaster.pid").exists()
        server.start()
    assert ask(database.url, "SELECT array_agg(a) FROM t") == [42]


def test_leftovers_of_a_killed_server_are_ended_before_a_new_one_starts(
    server: PostgresServer,
) -> None:
    server.start()
    with contextlib.closing(psycopg.connect(server.superuser_url)) as connection:
        backend = connection.info.backend_pid
        # A stopped backend cannot notice that its server is dead, and still owns the data.
        os.kill(backend, signal.SIGSTOP)
        os.kill(postmaster(server), signal.SIGKILL)
        assert eventually(lambda: not server.running, 2)
        assert alive(backend)
        server.start()
        assert not alive(backend)
    assert ask(server.superuser_url, "SELECT 1") == 1


def test_a_stale_process_id_that_belongs_to_somebody_else_does_no_harm(
    server: PostgresServer,
) -> None:
    server.start()
    data = (server.directory / "storage" / "data").resolve()
    lines = (data / "postmaster.pid").read_text().splitlines()
    server.stop()
    # Of the same account: PostgreSQL itself takes such a process for its predecessor.
    account = account_for(data)
    identity: Identity = account.identity if account else {}
    with subprocess.Popen(["sleep", "60"], **identity) as somebody_else:
        stale = "\n".join([str(somebody_else.pid), *lines[1:]]) + "\n"
        (data / "postmaster.pid").write_text(stale)
        assert not server.running
        server.start()
        assert ask(server.superuser_url, "SELECT 1") == 1
        assert somebody_else.poll() is None
        somebody_else.kill()


def test_a_port_that_was_taken_meanwhile_is_replaced(server: PostgresServer) -> None:
    server.start()
    before = server.port
    server.stop()
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", before))
        thief.listen()
        server.start()
        assert server.port != before
        assert ask(server.superuser_url, "SELECT 1") == 1


def test_a_port_that_is_taken_in_the_last_moment_is_replaced(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    before = server.port
    server.stop()
    monkeypatch.setattr("local_engine.runtime.postgres.server.is_free", lambda _: True)
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", before))
        thief.listen()
        server.start()
        assert server.port != before


def test_a_server_that_cannot_start_says_why_and_where(server: PostgresServer) -> None:
    server.start()
    server.stop()
    (server.directory / "storage" / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(PostgresError, match=r"(?s)incompatible.*postgresql\.log"):
        server.start()


def test_an_interrupted_first_start_is_made_good(server: PostgresServer) -> None:
    server.start()
    server.stop()
    storage = (server.directory / "storage").resolve()
    (storage / "data").rename(storage / "unfinished")
    server.start()
    assert ask(server.superuser_url, "SELECT 1") == 1
    assert not (storage / "unfinished").exists()


def test_everything_on_disk_is_private_and_the_network_sees_nothing(
    server: PostgresServer,
) -> None:
    server.start()
    server.create_database("shop")
    assert server.directory.stat().st_mode & 0o777 == 0o700
    for secret in (server.directory / "superuser", server.directory / "roles" / "shop"):
        assert secret.stat().st_mode & 0o777 == 0o600
    process = psutil.Process(postmaster(server))
    listening = {c.laddr.ip for c in process.net_connections("tcp") if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}
    sockets = Path(str(ask(server.superuser_url, "SHOW unix_socket_directories")))
    assert sockets.is_relative_to(server.directory)
    password = (server.directory / "superuser").read_text()
    assert password not in " ".join(process.cmdline())
    assert password not in " ".join(process.environ().values())
    if is_root():
        assert process.uids().effective not in {0, 65_534}


@pytest.mark.parametrize("where", ["tcp", "socket"])
def test_nobody_gets_in_without_the_password(server: PostgresServer, where: str) -> None:
    server.start()
    host = "127.0.0.1" if where == "tcp" else str((server.directory / "storage").resolve())
    for password in (None, "wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=host, port=server.port, user="postgres", dbname="postgres", password=password
            )


@pytest.mark.skipif(not is_root(), reason="others only make folders that they can reach")
def test_root_may_ask_for_a_folder_that_others_cannot_reach(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = PostgresServer(tmp_path / "server", durable=False)
    server.start()
    storage = (tmp_path / "server" / "storage").resolve()
    try:
        assert not storage.is_relative_to(tmp_path)
        assert storage.stat().st_mode & 0o777 == 0o700
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        assert ask(server.superuser_url, "SELECT 1") == 1
        assert not (storage / "password").exists()
    finally:
        server.remove()
    assert not storage.exists()
    assert not server.directory.exists()


ORDINARY_USER = 65_534  # nobody
AS_ORDINARY_USER = (
    START
    + """
import os, psutil, psycopg
os.setgroups([]); os.setgid(65_534); os.setuid(65_534)
server.start()
url = server.create_database("shop").url
server.stop()
server.start()
with psycopg.connect(url) as connection:
    print(connection.execute("SELECT 1").fetchone())
pid = int((server.directory / "storage/data/postmaster.pid").read_text().split()[0])
print(psutil.Process(pid).uids().real, flush=True)
server.remove()
"""
)


@pytest.mark.skipif(not is_root(), reason="only root can become somebody else")
def test_an_ordinary_user_needs_nothing_else() -> None:
    user = Account(ORDINARY_USER, ORDINARY_USER)
    if not user.can_reach(program("postgres", None)):
        pytest.skip("this installation lies in a folder that only root may enter")
    home = Path(tempfile.mkdtemp(prefix="backend-generator-"))
    user.own(home)
    try:
        with python(AS_ORDINARY_USER, str(home / "server")) as process:
            assert line_of(process) == "(1,)"
            assert line_of(process) == str(ORDINARY_USER)
            assert process.wait(10) == 0
        assert not (home / "server").exists()
    finally:
        shutil.rmtree(home)


def test_a_temporary_server_leaves_nothing_even_if_its_owner_is_killed() -> None:
    code = (
        "from local_engine.runtime.postgres import temporary_server\n"
        "with temporary_server() as server:\n"
        "    pid = (server.directory / 'storage/data/postmaster.pid').read_text().split()[0]\n"
        "    print(server.directory, pid, flush=True)\n"
        "    input()"
    )
    for kill in (False, True):
        with python(code) as owner:
            directory, pid = line_of(owner).split()
            assert alive(int(pid))
            if kill:
                owner.kill()
            else:
                owner.communicate("\n")
            owner.wait()
        folder = Path(directory)
        assert eventually(lambda: not folder.exists(), 5)  # noqa: B023 - used at once
        assert not alive(int(pid))
