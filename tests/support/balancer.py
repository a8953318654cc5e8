"""nginx as a balancer before several replicas, for tests."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from local_engine.runtime.ports import free_port

_START_SECONDS = 20.0

# Requests may be repeated elsewhere: what changes something has an id of the client's, or is the
# same twice.
_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream cloud {{
    {servers}
    keepalive 16;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://cloud;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_next_upstream error timeout non_idempotent;
    }}
  }}
}}
"""


@contextlib.contextmanager
def nginx_before(ports: Sequence[int]) -> Iterator[str]:
    """The address of nginx before replicas on these ports; skips the test where there is none."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("no nginx on this machine (Debian's package nginx-light)")
    with tempfile.TemporaryDirectory(prefix="balancer-") as folder:
        port = free_port()
        servers = "\n    ".join(
            f"server 127.0.0.1:{one} max_fails=1 fail_timeout=1s;" for one in ports
        )
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(_CONFIGURATION.format(folder=folder, servers=servers, port=port))
        process = subprocess.Popen([program, "-p", folder, "-c", str(configuration)])
        with process:
            url = f"http://127.0.0.1:{port}"
            try:
                deadline = time.monotonic() + _START_SECONDS
                while not _answers(url):
                    assert process.poll() is None, "nginx did not start"
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
                yield url
            finally:
                process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5).status_code < 600
    except httpx.TransportError:
        return False
