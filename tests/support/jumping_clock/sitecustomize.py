"""Lets a Python program see another clock: the machine's, moved by what a file says.

`JUMPING_CLOCK` names the file; it holds a number of seconds. Clocks that measure how much time has
gone by (`time.monotonic`) go on as they do when somebody sets a machine's clock.
"""

from __future__ import annotations

import datetime
import os
import time
from datetime import datetime as true_datetime
from pathlib import Path
from typing import Any

_FILE = Path(os.environ["JUMPING_CLOCK"])
_time, _time_ns = time.time, time.time_ns


def _moved() -> int:
    return int(_FILE.read_text())


class _Same(type):
    """Dates that were made before, or by C code, are of this type, too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, true_datetime)


class _Moved(true_datetime, metaclass=_Same):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return true_datetime.now(tz) + datetime.timedelta(seconds=_moved())


time.time = lambda: _time() + _moved()
time.time_ns = lambda: _time_ns() + _moved() * 1_000_000_000
datetime.datetime = _Moved  # type: ignore[misc]
