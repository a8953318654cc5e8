"""Lines of logs are read with their level, and filtered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local_engine.runtime.docker.watching.lines import Line, Wanted, level_of, read_line

NOW = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('{"level": "info", "message": "x"}', "info"),
        ('{"level": "critical"}', "error"),
        ('{"level": 7}', None),
        ("[1, 2]", None),
        ('{"broken', None),
        ("2026-05-31 12:00:00.000 UTC [7] LOG:  ready", "info"),
        ("2026-05-31 12:00:00.000 UTC [7] WARNING:  hm", "warning"),
        ("2026-05-31 12:00:00.000 UTC [7] FATAL:  no", "error"),
        ("2026-05-31 12:00:00.000 UTC [7] DEBUG1:  x", "debug"),
        ("  File 'x.py', line 1", None),
    ],
)
def test_levels(text: str, level: str | None) -> None:
    assert level_of(text) == level


def test_the_engine_gives_nine_digits_of_a_second() -> None:
    line = read_line("service", "2026-05-31T14:00:00.123456789+02:00 a b\r\n")
    assert line == Line("service", NOW.replace(microsecond=123456), None, "a b")
    assert read_line("service", "no time at all") is None
    assert read_line("service", "2026-05-31T12:00:00Z ") == Line("service", NOW, None, "")


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), True),
        (Wanted(level="warning"), True),
        (Wanted(level="error"), False),
        (Wanted(text="FULL"), True),
        (Wanted(text="empty"), False),
        (Wanted(parts=frozenset({"database"})), True),
        (Wanted(parts=frozenset({"service", "proxy"})), False),
    ],
)
def test_what_is_wanted(wanted: Wanted, taken: bool) -> None:
    assert wanted.takes(Line("database", NOW, "warning", "the disk is nearly full")) is taken


def test_a_line_without_a_level_belongs_to_the_one_before() -> None:
    assert Wanted(level="error").takes(Line("service", NOW, None, "Traceback"))
