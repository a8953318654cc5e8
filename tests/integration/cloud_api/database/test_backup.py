"""Backups of a database with real data: all of it comes back, or nothing changes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cloud_operations import RESULT, new_generation, new_project
from cloud_process import run_command
from cloud_service import SECRET, CloudService, Person, running_cloud
from database_catalog import catalog
from psycopg import sql

from cloud_api.database.backup import APPLICATION, BackupError, back_up, read_manifest, restore
from cloud_api.database.migrations import Migration, migrate, read_migrations
from cloud_api.security.vault import Place, Sealed, Vault
from local_engine.runtime.postgres import Database, PostgresServer

MIGRATIONS = read_migrations()
KEY = "gsk_0123456789"


def rows(url: str) -> dict[str, list[str]]:
    """All rows of all tables, as text."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        ).fetchall()
        found = {}
        for (name,) in names:
            query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(name))
            found[name] = [text for (text,) in connection.execute(query).fetchall()]
        del found["schema_migrations"]
    return found


def without_sessions(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """What is there after a restore: some of the sessions may have been ended since the backup."""
    assert found["sessions"]
    assert found["refresh_tokens"]
    return {**found, "sessions": [], "refresh_tokens": [], "mail_codes": []}


def command(name: str, url: str, *arguments: str, secret: str = SECRET) -> tuple[int, str]:
    done = run_command(name, *arguments, PLATFORM_DATABASE_URL=url, PLATFORM_SECRET_KEY=secret)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def url_with_data(new_cloud_database: Callable[[], str]) -> str:
    """A database as a service leaves it: accounts, sessions, keys, projects, runs, mails."""
    url = new_cloud_database()
    with running_cloud(url) as cloud:
        owner, guest = cloud.new_person("owner"), cloud.new_person("guest")
        cloud.verify(owner)
        assert owner.client.put("/llm-keys/groq", json={"key": KEY}).status_code == 200
        path, _ = new_project(owner, "Größe \\N")
        assert owner.client.post(f"{path}/verifications", json=RESULT).status_code == 201
        token = owner.client.post(f"{path}/shares", json={"role": "viewer"}).json()["token"]
        assert guest.client.post("/shares/accept", json={"token": token}).status_code == 200
        new_generation(owner)
        cloud.code_for(guest.email)
    with psycopg.connect(url) as connection:
        # A mail that waits for its next attempt.
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('default', 'accounts:mail_code', '{}')"
        )
    return url


@pytest.fixture(scope="module")
def file(url_with_data: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    target = tmp_path_factory.mktemp("backup") / "cloud.zip"
    code, said = command("backup", url_with_data, str(target))
    assert code == 0, said
    return target


def test_all_comes_back(url_with_data: str, file: Path, database: Database) -> None:
    before = rows(url_with_data)
    assert sum(map(len, before.values())) > 30
    code, said = command("restore", database.url, str(file))
    assert code == 0, said
    assert "sign in again" in said
    assert rows(database.url) == without_sessions(before)
    with psycopg.connect(url_with_data) as one, psycopg.connect(database.url) as other:
        assert catalog(one) == catalog(other)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir()] == ["cloud.zip"]


def test_backup_goes_through_a_pipe(url_with_data: str, tmp_path: Path) -> None:
    """As out of a container whose files nobody can write to; nothing else is in what comes."""
    environment = {**os.environ, "PLATFORM_DATABASE_URL": url_with_data}
    environment["PLATFORM_SECRET_KEY"] = SECRET
    done = subprocess.run(
        [sys.executable, "-m", "cloud_api", "backup", "-"],
        env=environment,
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    (tmp_path / "cloud.zip").write_bytes(done.stdout)
    manifest = read_manifest(tmp_path / "cloud.zip")
    assert f"{manifest.rows} rows" in done.stderr.decode()
    assert manifest.rows > 30
    assert [path.name for path in tmp_path.iterdir()] == ["cloud.zip"]


def test_session_that_was_ended_stays_ended(
    new_cloud_database: Callable[[], str], tmp_path: Path
) -> None:
    """A thief was signed out after the backup; and so is everybody, by going back."""
    url = new_cloud_database()
    with running_cloud(url) as cloud:
        thief = cloud.new_person()
        asyncio.run(back_up(url, tmp_path / "cloud.zip"))
        assert thief.client.post("/auth/logout-everywhere").status_code == 204
    asyncio.run(restore(url, tmp_path / "cloud.zip", MIGRATIONS, replace=True))
    with running_cloud(url) as cloud:
        back = Person(thief.email, cloud.new_client())
        back.use(thief.tokens)
        assert back.client.get("/auth/me").status_code == 401
        assert back.refresh().status_code == 401
        assert back.sign_in().status_code == 200


@pytest.mark.parametrize("come", ["row", "service"])
def test_what_comes_in_after_the_first_look_stops_a_restore(
    file: Path,
    new_cloud_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    come: str,
) -> None:
    """Somebody starts a service on the database, or writes to it, while the schema is migrated."""
    url = new_cloud_database()
    others: list[psycopg.Connection] = []

    async def and_meanwhile(address: str, migrations: list[Migration]) -> list[str]:
        done = await migrate(address, migrations)
        name = APPLICATION if come == "service" else "psql"
        others.append(psycopg.connect(url, application_name=name))
        if come == "row":
            sql = "INSERT INTO users (email, password_hash) VALUES ('x@y.z', 'x')"
            others[0].execute(sql)
            others[0].commit()
        return done

    monkeypatch.setattr("cloud_api.database.backup.migrate", and_meanwhile)
    with pytest.raises(BackupError, match="not empty" if come == "row" else "is at work"):
        asyncio.run(restore(url, file, MIGRATIONS, replace=False))
    others[0].close()
    assert len(rows(url)["users"]) == (1 if come == "row" else 0)
    assert rows(url)["projects"] == []


@pytest.mark.full
def test_a_service_goes_on_with_it(file: Path, database: Database) -> None:
    """People sign in, keys of providers are readable, new rows collide with none."""
    asyncio.run(restore(database.url, file, MIGRATIONS, replace=False))
    with psycopg.connect(database.url) as connection:
        emails = connection.execute("SELECT email FROM users ORDER BY id").fetchall()
        row = connection.execute(
            "SELECT version, kek_id, wrapped_key, ciphertext, user_id, provider, id FROM llm_keys"
        ).fetchone()
    assert row is not None
    opened = Vault([SECRET]).open(Sealed(*row[:4]), Place(*row[4:]))
    assert opened.get_secret_value() == KEY
    with running_cloud(database.url) as cloud:
        owner = Person(emails[0][0], cloud.new_client())
        assert owner.sign_in().status_code == 200
        assert [one["last_four"] for one in owner.client.get("/llm-keys").json()["keys"]] == [
            "6789"
        ]
        projects = owner.client.get("/projects").json()["projects"]
        assert [one["name"] for one in projects] == ["Größe \\N"]
        new_generation(owner)
        new_project(cloud.new_person("later"))


@pytest.mark.full
def test_another_secret_is_said_to_be_wrong(file: Path, database: Database) -> None:
    secret = "another-secret-9876543210-abcdefghijklmnop"
    code, said = command("restore", database.url, str(file), secret=secret)
    assert code == 0
    assert "1 of the keys of providers cannot be opened" in said
    assert "PLATFORM_PREVIOUS_SECRET_KEY" in said


@pytest.mark.full
def test_what_is_there_is_not_lost_unasked(
    file: Path, url_with_data: str, new_cloud_database: Callable[[], str]
) -> None:
    url = new_cloud_database()
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO users (email, password_hash) VALUES ('x@y.z', 'x')")
    before = rows(url)
    code, said = command("restore", url, str(file))
    assert (code, "not empty: there are rows in users" in said) == (1, True), said
    assert rows(url) == before
    code, said = command("restore", url, str(file), "--replace")
    assert code == 0, said
    assert rows(url) == without_sessions(rows(url_with_data))


@pytest.mark.full
def test_a_database_in_use_is_left_alone(cloud: CloudService, file: Path) -> None:
    url = cloud.services.settings.direct_url
    with pytest.raises(BackupError, match="a service is at work"):
        asyncio.run(restore(url, file, MIGRATIONS, replace=True))


@pytest.mark.parametrize("name", ["tables/users", "manifest.json"])
def test_a_damaged_file_changes_nothing(
    file: Path, name: str, tmp_path: Path, database: Database
) -> None:
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(damaged, "w") as other:
        for entry in whole.namelist():
            content = whole.read(entry)
            other.writestr(entry, content.replace(b"a", b"b", 1) if entry == name else content)
    with pytest.raises(BackupError, match=r"damaged|cannot read"):
        asyncio.run(restore(database.url, damaged, MIGRATIONS, replace=True))
    assert_empty(database)


@pytest.mark.full
def test_half_a_file_changes_nothing(file: Path, tmp_path: Path, database: Database) -> None:
    half = tmp_path / "half.zip"
    content = file.read_bytes()
    half.write_bytes(content[: len(content) // 2])
    code, said = command("restore", database.url, str(half))
    assert (code, "is damaged, or no backup" in said) == (1, True), said
    assert_empty(database)


def assert_empty(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)


def test_an_older_backup_comes_up_to_date(
    postgres_server: PostgresServer, database: Database, tmp_path: Path
) -> None:
    old = postgres_server.create_database("cloud_of_before")
    asyncio.run(migrate(old.url, MIGRATIONS[:4]))
    with psycopg.connect(old.url) as connection:
        connection.execute("INSERT INTO users (email, password_hash) VALUES ('x@y.z', 'x')")
    asyncio.run(back_up(old.url, tmp_path / "old.zip"))
    asyncio.run(restore(database.url, tmp_path / "old.zip", MIGRATIONS, replace=False))
    assert rows(database.url)["users"] == rows(old.url)["users"]
    assert asyncio.run(migrate(database.url, MIGRATIONS)) == []
    with pytest.raises(BackupError, match="this version does not know"):
        asyncio.run(restore(database.url, tmp_path / "old.zip", MIGRATIONS[:3], replace=True))
    with pytest.raises(BackupError, match="newer than the backup's"):
        asyncio.run(restore(database.url, tmp_path / "old.zip", MIGRATIONS, replace=True))


@pytest.mark.full
def test_no_backup_is_written_over(url_with_data: str, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    target.write_text("mine")
    code, said = command("backup", url_with_data, str(target))
    assert (code, "is there already" in said) == (1, True), said
    assert target.read_text() == "mine"
