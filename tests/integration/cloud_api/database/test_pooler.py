"""The cloud behind a real pgbouncer that hands out a connection for each transaction.

Needs the program `pgbouncer`, on PATH or named by the variable PGBOUNCER.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cloud_service import CloudService, running_cloud

from cloud_api.database.migrations import migrate, read_migrations
from local_engine.runtime.ports import free_port
from local_engine.runtime.postgres import Database

pytestmark = pytest.mark.full

CONNECTIONS = 3


@pytest.fixture
def pooled_url(database: Database) -> Iterator[str]:
    """The address of a pooler before the database."""
    program = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed; set PGBOUNCER to the program")
    to, port = urlsplit(database.url), free_port()
    with tempfile.TemporaryDirectory(prefix="pooler-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "users").write_text(f'"{to.username}" "{to.password}"\n')
        (folder / "settings").write_text(
            f"[databases]\n{database.name} = host=127.0.0.1 port={to.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = plain\nauth_file = {folder}/users\npool_mode = transaction\n"
            f"default_pool_size = {CONNECTIONS}\n"
        )
        account = ["-u", "nobody"] if os.name != "nt" and os.geteuid() == 0 else []
        pooler = subprocess.Popen(
            [program, "-q", *account, str(folder / "settings")], stderr=subprocess.DEVNULL
        )
        try:
            url = f"postgresql://{to.username}:{to.password}@127.0.0.1:{port}/{database.name}"
            _wait_for(url)
            yield url
        finally:
            pooler.kill()
            pooler.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the pooler does not answer"
            time.sleep(0.1)
        else:
            return


def test_all_of_it_works_with_fewer_connections_than_clients(
    pooled_url: str, database: Database
) -> None:
    assert asyncio.run(migrate(pooled_url, read_migrations()))
    with running_cloud(pooled_url, platform_database_direct_url=database.url) as cloud:
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: _live(cloud), range(16)))
        assert {status for life in statuses for status in life} == {200}
        with psycopg.connect(database.url) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'backend-generator cloud'"
            ).fetchone()
    assert row is not None
    assert row[0] <= CONNECTIONS


def _live(cloud: CloudService) -> list[int]:
    """What somebody does: join, renew, look, generate."""
    person = cloud.new_person("pooled")
    statuses = []
    for _ in range(5):
        answer = person.refresh()
        person.use(answer.json())
        statuses += [answer.status_code, person.client.get("/auth/me").status_code]
    run = person.client.post("/generate-from-prompt", json={"prompt": "A simple todo API"})
    return [*statuses, run.status_code]
