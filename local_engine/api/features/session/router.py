"""Tokens and one-time links."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

import local_engine
from local_engine.api.engine import TheEngine
from local_engine.api.features.session.schemas import Link, NewToken, SessionFacts
from local_engine.api.features.session.service import LINK_SECONDS
from local_engine.api.gate import COOKIE, ENTER, cookie_of

router = APIRouter(prefix="/session", tags=["session"])


@router.get("", operation_id="getSession")
def get_session(engine: TheEngine) -> SessionFacts:
    """Which engine this is."""
    return SessionFacts(version=local_engine.__version__, home=str(engine.home), url=engine.url)


@router.post("/links", status_code=201, operation_id="createLink")
def create_link(engine: TheEngine) -> Link:
    """A one-time link that opens the window in a browser."""
    code = engine.sessions.new_link()
    return Link(url=f"{engine.url}{ENTER}{code}", seconds=LINK_SECONDS)


@router.post("/tokens", status_code=204, operation_id="addToken")
def add_token(engine: TheEngine, new: NewToken) -> None:
    """Take one more token: a second start of the engine hands its own over."""
    engine.sessions.add_token(new.token)


@router.delete("", status_code=204, operation_id="endSession")
def end_session(engine: TheEngine, request: Request, response: Response) -> None:
    """Forget the cookie that this request came with."""
    session = cookie_of(request.headers.getlist("cookie"))
    if session is not None:
        engine.sessions.end(session)
    response.delete_cookie(COOKIE, path="/api")
