"""Serves the application with uvicorn: one process, graceful stop."""

from __future__ import annotations

import signal

import uvicorn

from .application import Application
from .loop import loop_factory


def serve(app: Application, host: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT; then finish the open ones and stop.

    Open requests have `SHUTDOWN_SECONDS`; whatever still runs then is cancelled and rolled back.
    """
    settings = app.services.settings
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
        ws="none",
        timeout_graceful_shutdown=settings.shutdown_seconds,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
    )
    server = uvicorn.Server(config)
    # uvicorn raises the signal once more when all is done; a stop that was asked for ends with 0.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with loop_factory() as runner:
        runner.run(server.serve())
