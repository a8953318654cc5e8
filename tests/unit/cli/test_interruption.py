"""What an interrupted command says is its own."""

from __future__ import annotations

import subprocess
import sys

INTERRUPTED = """
import logging
from local_engine.cli import interruption
interruption.install()
logging.getLogger("psycopg").warning("error ignored in rollback on a connection: it is busy")
logging.getLogger("another").warning("worth reading")
"""


def test_a_query_that_is_cut_short_is_not_told_as_a_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == "worth reading\n"
