"""Who carries out jobs is known to live, and known to be gone as soon as it is."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from killing import alive, eventually, line_of, python

from local_engine.jobs.runners import Runner, is_alive


def test_it_lives_until_it_ends(tmp_path: Path) -> None:
    runner = Runner(tmp_path)
    assert is_alive(tmp_path, runner.id)
    runner.end()
    assert not is_alive(tmp_path, runner.id)
    assert not is_alive(tmp_path, None)
    assert not is_alive(tmp_path, "../../etc/passwd")


KILLED = """
import os, signal, sys
from pathlib import Path
from local_engine.jobs.runners import Runner
runner = Runner(Path(sys.argv[1]))
child = os.fork()
if child == 0:
    signal.pause()
print(runner.id, child, flush=True)
signal.pause()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_it_forked_does_not_keep_it_alive(tmp_path: Path) -> None:
    with python(KILLED, str(tmp_path)) as process:
        runner, child = line_of(process).split()
        assert is_alive(tmp_path, runner)
        process.kill()
        process.wait()
        try:
            assert eventually(lambda: not is_alive(tmp_path, runner), 5)
            assert alive(int(child))
        finally:
            os.kill(int(child), signal.SIGKILL)
