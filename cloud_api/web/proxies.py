"""The client's address where every connection comes from a platform's own proxies.

Each proxy adds the address that it was reached from at the right end of `X-Forwarded-For`; what
stands left of those, the client may have made up. So the client is as far from the right as there
are proxies, never the leftmost, as uvicorn would have it for `*`.
"""

from __future__ import annotations

import ipaddress

from starlette.types import ASGIApp, Receive, Scope, Send


class BehindProxies:
    """Takes the client's address from the header that `hops` proxies have added to."""

    def __init__(self, app: ASGIApp, hops: int) -> None:
        self._app = app
        self._hops = hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, as one of its client."""
        if scope["type"] == "http" and (host := _client(scope, self._hops)) is not None:
            scope["client"] = (host, 0)
        await self._app(scope, receive, send)


def _client(scope: Scope, hops: int) -> str | None:
    """The address; None where fewer proxies than expected have added one."""
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    added = b",".join(values).decode("latin-1").split(",")
    return _address(added[-hops]) if len(added) >= hops else None


def _address(text: str) -> str | None:
    """An address, which may have a port; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
