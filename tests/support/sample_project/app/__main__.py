"""`python -m app COMMAND`: migrate, serve, users."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psycopg

from .settings import Settings

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def main() -> int:
    command, *arguments = sys.argv[1:]
    settings = Settings()
    if command == "migrate":
        return migrate(settings, arguments)
    if command == "users":
        return users(settings)
    from .service import serve

    serve(settings, port=int(arguments[arguments.index("--port") + 1]))
    return 0


def migrate(settings: Settings, arguments: list[str]) -> int:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY)")
        rows = connection.execute("SELECT name FROM migration").fetchall()
        for file in sorted(MIGRATIONS.glob("*.up.sql")):
            if (file.name,) in rows:
                continue
            if arguments != ["status"]:
                connection.execute(file.read_bytes())
                connection.execute("INSERT INTO migration VALUES (%s)", [file.name])
            print(f"{'pending' if arguments == ['status'] else 'applied'} {file.name}")
    return 0


def users(settings: Settings) -> int:
    given = json.load(sys.stdin)["users"]
    with psycopg.connect(settings.database_url) as connection:
        saved = [
            connection.execute(
                "INSERT INTO account (email, roles) VALUES (%s, %s) ON CONFLICT (email)"
                " DO UPDATE SET roles = excluded.roles RETURNING email, id::text",
                [user["email"], user["roles"]],
            ).fetchone()
            for user in given
        ]
    print(json.dumps({"users": [{"email": row[0], "id": row[1]} for row in saved if row]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
