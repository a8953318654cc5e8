"""Fixtures for the runtime's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sample_fixture import sample_project

from local_engine.runtime.preview import stop_all
from local_engine.runtime.preview.registry import preview_server

__all__ = ["nothing_left_running", "sample_project"]


@pytest.fixture
def nothing_left_running() -> Iterator[None]:
    """After the test: fails it when a preview is left, and leaves none to the next test."""
    yield
    left = stop_all()
    assert not left
    assert not preview_server().running
