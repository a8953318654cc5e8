"""Bodies that are too large are refused: at once when announced so, else while they are read."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud_api.web.problems import Problem, problem_response


class BodyLimit:
    """Lets requests with bodies of at most `most` bytes through to `app`."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > self._most:
            problem = Problem(413, "too-large", f"The body may have {self._most} bytes at most.")
            await problem_response(problem, scope["request_id"])(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most:
                raise HTTPException(413)  # a kind of its own would end as a 400 in FastAPI
            return message

        await self._app(scope, counting, send)


def _announced(scope: Scope) -> int:
    """The size that the headers tell; 0 when they tell none."""
    sizes = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(size) for size in sizes if size.isdigit()), default=0)
