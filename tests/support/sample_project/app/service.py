"""The service: notes can be written and listed; some routes show how the process behaves."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from pydantic import BaseModel

from .settings import Settings


class Note(BaseModel):
    title: str


def serve(settings: Settings, port: int) -> None:
    uvicorn.run(
        build(settings),
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=8,
    )


def build(settings: Settings) -> FastAPI:
    pool = AsyncConnectionPool(
        settings.database_url, min_size=1, max_size=4, open=False, kwargs={"autocommit": True}
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool:
            yield

    app = FastAPI(title="Notes", lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready")
    async def ready(response: Response) -> dict[str, str]:
        try:
            await pool.check()
            async with pool.connection(timeout=1) as connection:
                await connection.execute("SELECT 1 FROM note LIMIT 1")
        except (psycopg.Error, PoolTimeout) as error:
            response.status_code = 503
            return {"status": type(error).__name__}
        return {"status": "ready"}

    @app.post("/notes", status_code=201)
    async def write(note: Note, request: Request) -> dict[str, Any]:
        async with pool.connection() as connection:
            sql = "INSERT INTO note (title) VALUES (%s) RETURNING id"
            row = await (await connection.execute(sql, [note.title])).fetchone()
        log(path=request.url.path, title=note.title)
        return {"id": str(row[0]) if row else None, "title": note.title}

    @app.get("/notes")
    async def read() -> list[str]:
        async with pool.connection() as connection:
            cursor = await connection.execute("SELECT title FROM note ORDER BY id")
            return [row[0] for row in await cursor.fetchall()]

    @app.get("/settings")
    async def about() -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "access_token_seconds": settings.access_token_seconds,
            "environment": sorted(os.environ),
            "arguments": sys.orig_argv,
        }

    @app.get("/slow")
    async def slow(seconds: float) -> dict[str, float]:
        await asyncio.sleep(seconds)
        return {"slept": seconds}

    return app


def log(**fields: object) -> None:
    print(json.dumps(fields), flush=True)
