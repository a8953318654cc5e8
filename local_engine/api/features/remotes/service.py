"""What a project's repository knows of a remote."""

from __future__ import annotations

from pathlib import Path

from local_engine.api.features.remotes.schemas import RemoteFacts
from local_engine.secrets import Secrets


def remote_of(folder: Path, secrets: Secrets) -> RemoteFacts:
    """The remote that a project's repository calls its origin; one that is of no use is none."""
    from local_engine.projects.pushing.errors import PushRefused
    from local_engine.projects.pushing.push import remembered
    from local_engine.projects.pushing.remotes import parse_remote

    url = remembered(folder)
    try:
        remote = parse_remote(url) if url is not None else None
    except PushRefused:
        remote = None
    if remote is None:
        return RemoteFacts(remote=None, secret=None, known=False)
    name = remote.secret_name
    return RemoteFacts(remote=remote.url, secret=name, known=name in secrets.status().names)
