"""Terraform on a copy of the deploy files, with the plug-in on this machine and a stand-in."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aws_stand_in
import httpx
import pytest
from deploy_files import FOLDER, program

from local_engine.runtime.ports import free_port

_PLUGINS = Path(os.environ.get("TF_PLUGIN_DIR", "/opt/tf-plugins"))
_ACCOUNT = {"AWS_ACCESS_KEY_ID": "stand-in", "AWS_SECRET_ACCESS_KEY": "stand-in"}
_REGION = "eu-central-1"
_START_SECONDS = 60.0


class Terraform:
    """Runs commands in a folder of its own, which holds the state."""

    def __init__(self, folder: Path, aws: str | None = None) -> None:
        self._folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_"))}
        self._environment = kept | _ACCOUNT | {"CHECKPOINT_DISABLE": "1"}
        if aws is not None:
            self._environment |= {"AWS_ENDPOINT_URL": aws, "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, *arguments: str, may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; fails with its words unless it may fail."""
        done = subprocess.run(
            [str(program("terraform")), *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert may_fail or done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done


def terraform_in(folder: Path, aws: str | None = None) -> Terraform:
    """Terraform on a copy of the files; skips the test where it or the plug-in is missing."""
    if program("terraform") is None:
        pytest.skip("no terraform on this machine")
    if not _PLUGINS.is_dir():
        pytest.skip(f"no plug-in of AWS for terraform in {_PLUGINS} (TF_PLUGIN_DIR names another)")
    copy = folder / "aws"
    shutil.copytree(FOLDER / "aws", copy)
    terraform = Terraform(copy, aws)
    terraform.run("init", "-input=false", f"-plugin-dir={_PLUGINS}")
    return terraform


@contextlib.contextmanager
def stand_in_for_aws() -> Iterator[str]:
    """The address of moto's server, in a process of its own; it is gone with the block."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, aws_stand_in.__file__, str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    with process:
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not _answers(url):
                assert time.monotonic() < deadline, "moto's server did not start"
                time.sleep(0.1)
            yield url
        finally:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/moto-api/data.json", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def ask_aws(url: str, service: str, target: str, body: dict[str, object]) -> dict[str, object]:
    """One call of a JSON service of the stand-in's, which checks no signature."""
    credential = f"stand-in/20260101/{_REGION}/{service}/aws4_request"
    signed = f"Credential={credential}, SignedHeaders=host, Signature=0"
    headers = {
        "X-Amz-Target": target,
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 {signed}",
    }
    answer = httpx.post(url, headers=headers, json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found
