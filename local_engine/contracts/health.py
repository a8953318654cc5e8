"""Whether the cloud lives and serves."""

from __future__ import annotations

from local_engine.contracts.wire import Answer


class Health(Answer):
    """The process answers; `version` is that of the cloud."""

    status: str
    version: str


class Readiness(Answer):
    """Whether requests can be served, and why not."""

    status: str
    reason: str | None = None
