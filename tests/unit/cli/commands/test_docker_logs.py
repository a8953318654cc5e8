"""`docker logs`: the moments that a person may write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_engine.cli.commands.docker_logs import _moment
from local_engine.cli.errors import CommandError

NOW = datetime(2026, 5, 31, 14, tzinfo=UTC)


def test_a_while_ago_and_a_moment() -> None:
    assert _moment("10m", NOW) == NOW - timedelta(minutes=10)
    assert _moment("2026-05-31T14:00+00:00", NOW) == NOW


@pytest.mark.parametrize("text", ["999999d", "999999999999d", "yesterday", ""])
def test_what_is_no_time_is_told_so(text: str) -> None:
    with pytest.raises(CommandError, match="is no time"):
        _moment(text, NOW)
