"""What starting a FastAPI service costs that does nothing: the unit of the benchmarks."""

from __future__ import annotations

import subprocess
import sys
import time

import httpx
from cpu_meter import CpuMeter, Lap

from local_engine.runtime.ports import free_port

BARE = """
import sys
import fastapi, uvicorn
app = fastapi.FastAPI()
app.get("/ready")(lambda: None)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def cheapest_start(times: int = 3) -> Lap:
    """The start that other work on the machine disturbed least."""
    return min((bare_start() for _ in range(times)), key=lambda lap: lap.cpu)


def bare_start() -> Lap:
    """A service without anything: from the start of its process to its first answer."""
    meter, port = CpuMeter(), free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return meter.lap("a bare FastAPI service starts")
    finally:
        process.terminate()
        process.wait(10)
    raise AssertionError("the bare service did not answer")
