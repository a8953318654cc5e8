"""A hand-tuned service: FastAPI handlers over psycopg, PostgreSQL builds the JSON.

The same table, endpoints and features as the generated todo backend, and nothing else: no
cursors, sorts, idempotency, rules or problem documents.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from benchmark_features import Envelope, Tokens
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, ConfigDict, Field

pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
    os.environ["DATABASE_URL"], min_size=1, max_size=10, open=False, kwargs={"autocommit": True}
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """The pool lives as long as the service."""
    async with pool:
        yield


app = FastAPI(lifespan=lifespan)
signed_in = Tokens(os.environ["SECRET_KEY"])
User = Annotated[UUID, Depends(signed_in)]

ROW = "SELECT id, owner_id, title, description, done, due_on, created_at, updated_at"
READ = """
    SELECT (
        SELECT row_to_json(d) FROM (
            SELECT t.id, t.owner_id, t.title, t.description, t.done, t.due_on,
                   t.created_at, t.updated_at
        ) AS d
    )::text, t.version
    FROM todos AS t WHERE t.id = %s AND t.owner_id = %s
"""
LIST = f"""
    SELECT coalesce(json_agg(d), '[]')::text
    FROM ({ROW} FROM todos WHERE owner_id = %s AND (%s::boolean IS NULL OR done = %s)
          ORDER BY created_at DESC, id DESC LIMIT %s) AS d
"""
INSERT = f"""
    WITH new AS (
        INSERT INTO todos (owner_id, title, description, done, due_on)
        VALUES (%s, %s, %s, %s, %s) RETURNING *
    )
    SELECT row_to_json(d)::text, d.id FROM ({ROW} FROM new) AS d
"""


class TodoCreate(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=20_000)
    done: bool = False
    due_on: date | None = None


@app.get("/todos/{todo_id}")
async def read_todo(todo_id: UUID, user: User) -> Response:
    """One row of one's own."""
    async with pool.connection() as connection:
        row = await (await connection.execute(READ, (todo_id, user))).fetchone()
    if row is None:
        raise HTTPException(404)
    return Response(row[0], media_type="application/json", headers={"etag": f'"{row[1]}"'})


@app.get("/todos")
async def list_todos(user: User, limit: int = 20, done: bool | None = None) -> Response:
    """One's own rows, newest first."""
    async with pool.connection() as connection:
        row = await (await connection.execute(LIST, (user, done, done, limit))).fetchone()
    assert row is not None
    body = f'{{"items":{row[0]},"next_cursor":null}}'
    return Response(body, media_type="application/json")


@app.post("/todos", status_code=201)
async def create_todo(request: Request, user: User) -> Response:
    """A new row."""
    body = TodoCreate.model_validate_json(await request.body())
    values = (user, body.title, body.description, body.done, body.due_on)
    async with pool.connection() as connection:
        row = await (await connection.execute(INSERT, values)).fetchone()
    assert row is not None
    headers = {"etag": '"1"', "location": f"/todos/{row[1]}"}
    return Response(row[0], 201, media_type="application/json", headers=headers)


@app.get("/ready")
async def ready() -> dict[str, str]:
    """Whether the database answers."""
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")
    return {"status": "ready"}


if __name__ == "__main__":
    uvicorn.run(Envelope(app), port=int(sys.argv[1]), access_log=False, log_level="warning")
