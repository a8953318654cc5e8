"""Ends a server whose owner was killed: `python -m ... keeper stop|remove FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from local_engine.runtime.postgres.server import PostgresServer


def main(action: str, folder: str) -> None:
    """Stop the server in this folder or, on request, remove it with all its data."""
    server = PostgresServer(Path(folder))
    if action == "remove":
        server.remove()
    else:
        server.stop(at_once=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
