"""The event loop: uvloop where there is one; on Windows the selector loop, as psycopg needs it."""

from __future__ import annotations

import asyncio
import sys


def loop_factory() -> asyncio.Runner:
    """A runner for the coroutines of one command."""
    if sys.platform == "win32":
        return asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)
