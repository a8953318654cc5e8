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


UNHEARD = """
import os, signal, time
from local_engine.cli import interruption
interruption.install()
class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):
            pass
try:
    one = Closing()
    del one
    time.sleep(5)
except KeyboardInterrupt:
    print("stopped", interruption.exit_code())
"""


def test_an_interruption_is_heard_where_python_ignores_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNHEARD], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("stopped 130\n", "")
