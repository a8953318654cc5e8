"""The one line that says where the engine answers."""

from __future__ import annotations

import json
import sys

import local_engine
from local_engine.api.process.instance import Address


def say_ready(address: Address, *, started: bool, link: str | None) -> None:
    """Print the line: `started` is false for an engine that ran already. The token is not in it.

    `link` opens the window in a browser, once, within two minutes.
    """
    facts = {
        "ready": True,
        "url": address.url,
        "port": address.port,
        "pid": address.pid,
        "started": started,
        "version": local_engine.__version__,
    }
    if link is not None:
        facts["link"] = link
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
