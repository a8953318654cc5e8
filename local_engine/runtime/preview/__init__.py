"""Run a generated project as a process of this machine, on the embedded PostgreSQL."""

from local_engine.runtime.preview.accounts import save_users
from local_engine.runtime.preview.controls import PreviewControls, verification_controls
from local_engine.runtime.preview.detached import start_detached
from local_engine.runtime.preview.errors import CommandFailedError, PreviewError
from local_engine.runtime.preview.registry import (
    list_previews,
    stop_all,
    stop_preview,
    stop_previews_in,
)
from local_engine.runtime.preview.running import Preview, RunningPreview
from local_engine.runtime.preview.state import PreviewState

__all__ = [
    "CommandFailedError",
    "Preview",
    "PreviewControls",
    "PreviewError",
    "PreviewState",
    "RunningPreview",
    "list_previews",
    "save_users",
    "start_detached",
    "stop_all",
    "stop_preview",
    "stop_previews_in",
    "verification_controls",
]
