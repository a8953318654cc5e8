"""Tracebacks, trimmed to what is the project's."""

from __future__ import annotations

import json

from local_engine.repair.traces import trace_of

RAISED = """Traceback (most recent call last):
  File "/tmp/copy/project/app/todos/router.py", line 3, in create
    await made()
  File "/venv/lib/python3.11/site-packages/psycopg/cursor.py", line 9, in execute
    raise ex
  File "/tmp/copy/project/app/extensions/pay.py", line 4, in pay
    1 / 0
ZeroDivisionError: division by zero"""


def test_each_traceback_once_with_the_projects_frames() -> None:
    line = json.dumps({"level": "error", "exception": RAISED})
    assert trace_of([line, "no json", '"text"', line]) == (
        "Traceback (most recent call last):\n"
        '  File "app/todos/router.py", line 3, in create\n    await made()\n'
        '  File "app/extensions/pay.py", line 4, in pay\n    1 / 0\n'
        "ZeroDivisionError: division by zero"
    )
    assert trace_of([], "It did not start.") == "It did not start."
