"""The usual hand-written service: FastAPI, SQLAlchemy 2 asynchronous ORM, Pydantic models.

Same table, same endpoints and same features as the generated todo backend; a session a request
and response models, as tutorials and well-kept templates do it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import uvicorn
from benchmark_features import Envelope, Tokens
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import FetchedValue, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"),
    pool_size=10,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()
signed_in = Tokens(os.environ["SECRET_KEY"])


class Base(DeclarativeBase):
    """The tables' registry."""


class Todo(Base):
    """A row of `todos`."""

    __tablename__ = "todos"
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=FetchedValue())
    owner_id: Mapped[UUID]
    title: Mapped[str]
    description: Mapped[str | None]
    done: Mapped[bool]
    due_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=FetchedValue())
    created_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())
    updated_at: Mapped[datetime] = mapped_column(server_default=FetchedValue())


class TodoCreate(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=20_000)
    done: bool = False
    due_on: date | None = None


class TodoRead(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    owner_id: UUID
    title: str
    description: str | None
    done: bool
    due_on: date | None
    created_at: datetime
    updated_at: datetime


class TodoPage(BaseModel):
    """One page."""

    items: list[TodoRead]
    next_cursor: str | None


async def session() -> AsyncIterator[AsyncSession]:
    """A session a request, in one transaction."""
    async with sessions() as one, one.begin():
        yield one


Session = Annotated[AsyncSession, Depends(session, scope="function")]
User = Annotated[UUID, Depends(signed_in)]


@app.get("/todos/{todo_id}")
async def read_todo(todo_id: UUID, db: Session, user: User, response: Response) -> TodoRead:
    """One row of one's own."""
    query = select(Todo).where(Todo.id == todo_id, Todo.owner_id == user)
    todo = (await db.execute(query)).scalar_one_or_none()
    if todo is None:
        raise HTTPException(404)
    response.headers["ETag"] = f'"{todo.version}"'
    return TodoRead.model_validate(todo)


@app.get("/todos")
async def list_todos(
    db: Session,
    user: User,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    done: bool | None = None,
) -> TodoPage:
    """One's own rows, newest first."""
    query = select(Todo).where(Todo.owner_id == user)
    if done is not None:
        query = query.where(Todo.done == done)
    query = query.order_by(Todo.created_at.desc(), Todo.id.desc()).limit(limit + 1)
    rows = (await db.execute(query)).scalars().all()
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    items = [TodoRead.model_validate(row) for row in rows[:limit]]
    return TodoPage(items=items, next_cursor=following)


@app.post("/todos", status_code=201)
async def create_todo(body: TodoCreate, db: Session, user: User, response: Response) -> TodoRead:
    """A new row."""
    todo = Todo(owner_id=user, **body.model_dump())
    db.add(todo)
    await db.flush()
    await db.refresh(todo)
    response.headers["Location"] = f"/todos/{todo.id}"
    response.headers["ETag"] = f'"{todo.version}"'
    return TodoRead.model_validate(todo)


@app.get("/ready")
async def ready(db: Session) -> dict[str, str]:
    """Whether the database answers."""
    await db.execute(select(1))
    return {"status": "ready"}


if __name__ == "__main__":
    uvicorn.run(Envelope(app), port=int(sys.argv[1]), access_log=False, log_level="warning")
