"""The whole schema as one file that `psql` can run: `cloud_api/config/database_setup.sql`.

It is made from the migrations and stamps their versions, so that a service which starts on such a
database finds nothing left to do. `python -m cloud_api schema --write` makes it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cloud_api.database.migrations import CREATE_TABLE, Migration

FILE = Path(__file__).parents[1] / "config" / "database_setup.sql"

_HEAD = """-- The schema of the cloud's database, for: psql -f database_setup.sql
-- Generated from cloud_api/database/migrations by: python -m cloud_api schema --write
-- The service brings an empty database up to date by itself when it starts; this file is for those
-- who set their databases up by hand.

\\set ON_ERROR_STOP on
BEGIN;
SET LOCAL client_min_messages = warning;

DO $$
BEGIN
    IF to_regclass('schema_migrations') IS NOT NULL THEN
        RAISE EXCEPTION 'This database is set up already. The service migrates it when it starts.';
    END IF;
END
$$;
"""


def setup_text(migrations: Sequence[Migration]) -> str:
    """The file's text; the same for the same migrations."""
    parts = [_HEAD, f"{CREATE_TABLE};\n"]
    for migration in migrations:
        parts.append(f"-- {migration.title}\n\n{migration.sql.strip()}\n")
        parts.append(
            "INSERT INTO schema_migrations (number, name, checksum)\n"
            f"VALUES ({migration.number}, '{migration.name}', '{migration.checksum}');\n"
        )
    return "\n".join([*parts, "COMMIT;\n"])
