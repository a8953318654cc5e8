"""Git over the system's own `ssh`, which brings the user's keys, agent and configuration.

A host whose key is not known is never trusted by itself: its fingerprint is told, and only the
fingerprint that the user then names lets the key into our own file of known hosts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dulwich.client import SSHGitClient, SSHVendor, SubprocessWrapper

from local_engine.projects.pushing.errors import PushRefused
from local_engine.projects.pushing.remotes import Remote
from local_engine.runtime.private_files import write_private

KNOWN_HOSTS = "known_hosts"
_CONNECT_SECONDS = 20
_OPTIONS = {
    "BatchMode": "yes",  # nobody is there to be asked
    "StrictHostKeyChecking": "yes",
    "UpdateHostKeys": "no",
    "ConnectTimeout": str(_CONNECT_SECONDS),
    "ServerAliveInterval": "15",
    "ClearAllForwardings": "yes",
    "PermitLocalCommand": "no",
}


@dataclass(frozen=True)
class HostKey:
    """A key that a host shows, as a line of a file of known hosts."""

    line: str
    kind: str
    fingerprint: str


class KnownHosts:
    """The hosts that are trusted: the user's own file, and one beside our data."""

    def __init__(self, home: Path) -> None:
        self._file = home / KNOWN_HOSTS

    @property
    def options(self) -> list[str]:
        """What `ssh` is told."""
        files = f'UserKnownHostsFile="{self._file}" ~/.ssh/known_hosts ~/.ssh/known_hosts2'
        pairs = [f"{name}={value}" for name, value in _OPTIONS.items()]
        return [word for pair in (*pairs, files) for word in ("-o", pair)]

    def trust(self, remote: Remote, fingerprint: str) -> None:
        """Trust the key with this fingerprint, if it is what the host shows."""
        shown = list(_shown_keys(remote))
        wanted = [key for key in shown if key.fingerprint == fingerprint]
        if not wanted:
            raise PushRefused(
                "host-key-differs",
                f"{remote.host} does not show the key {fingerprint}, but {_listed(shown)}",
                hint="do not go on before you know why: somebody may be in between",
            )
        known = self._file.read_text("utf-8") if self._file.exists() else ""
        write_private(self._file, known + "".join(f"{key.line}\n" for key in wanted))

    def unknown(self, remote: Remote) -> PushRefused:
        """Why a host is not trusted yet, and what to do about it."""
        return PushRefused(
            "unknown-host",
            f"the key of {remote.host} is not known: {_listed(list(_shown_keys(remote)))}",
            hint="compare it with what the host publishes; if it is the same, name it as trusted",
        )


class System(SSHVendor):
    """Runs the `ssh` of this system."""

    def __init__(self, hosts: KnownHosts) -> None:
        self._hosts = hosts

    def run_command(
        self,
        host: str,
        command: bytes,
        username: str | None = None,
        port: int | None = None,
        password: str | None = None,
        key_filename: str | None = None,
        ssh_command: str | None = None,
        protocol_version: int | None = None,
    ) -> SubprocessWrapper:
        """Start a git command on the host."""
        words = [_ssh(), "-x", "-T", *self._hosts.options]
        words += ["-p", str(port)] if port else []
        words += ["-l", username] if username else []
        process = subprocess.Popen(
            [*words, "--", host, command.decode()],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return SubprocessWrapper(process)


def ssh_client(remote: Remote, hosts: KnownHosts) -> SSHGitClient:
    """Git's client for a remote over ssh."""
    return SSHGitClient(
        remote.host,
        port=remote.port,
        username=remote.user,
        vendor=System(hosts),
        ssh_command="ssh",  # ours: git's settings of other commands do not count here
    )


def refusal(remote: Remote, said: str, hosts: KnownHosts) -> PushRefused:
    """What ssh or the host said, as a reason."""
    if "HOST IDENTIFICATION HAS CHANGED" in said:
        return PushRefused(
            "host-key-changed",
            f"{remote.host} shows another key than before",
            hint="somebody may be in between; if the host has new keys, remove its old line from "
            "the file of known hosts",
        )
    if "Host key verification failed" in said or "host key is known" in said:
        return hosts.unknown(remote)
    if "Permission denied" in said:
        return PushRefused(
            "unauthorized",
            f"{remote.host} does not accept any of your ssh keys",
            hint="`ssh-add -l` lists them; give the host your public key",
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return PushRefused(
        "remote-refuses",
        f"{remote.host}: {lines[-1][:300] if lines else 'the connection was closed'}",
        hint="look whether the address is right, and whether you may write there",
    )


def _ssh() -> str:
    found = shutil.which("ssh")
    if found is None:
        raise PushRefused(
            "no-ssh", "there is no ssh on this machine", hint="install it, or use an https address"
        )
    return found


def _shown_keys(remote: Remote) -> Iterator[HostKey]:
    """The keys that a host shows now, under the name by which ssh will look for them."""
    host, port = _real_place(remote)
    scan = shutil.which("ssh-keyscan")
    if scan is None:
        return
    words = [scan, "-T", str(_CONNECT_SECONDS), "-p", str(port), "--", host]
    result = subprocess.run(
        words, capture_output=True, text=True, errors="replace", timeout=60, check=False
    )
    for line in result.stdout.splitlines():
        _, kind, key = (*line.split(), "", "", "")[:3]
        try:
            digest = hashlib.sha256(base64.b64decode(key, validate=True)).digest()
        except (binascii.Error, ValueError):
            continue
        if key and not line.startswith("#"):
            yield HostKey(line, kind, f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}")


def _real_place(remote: Remote) -> tuple[str, int]:
    """Host and port after the user's configuration of ssh."""
    words = [_ssh(), "-G", *(["-p", str(remote.port)] if remote.port else []), "--", remote.host]
    told = subprocess.run(
        words, capture_output=True, text=True, errors="replace", timeout=60, check=False
    )
    found = dict(line.split(" ", 1) for line in told.stdout.splitlines() if " " in line)
    return found.get("hostname", remote.host), int(found.get("port", remote.port or 22))


def _listed(keys: list[HostKey]) -> str:
    return ", ".join(f"{key.fingerprint} ({key.kind})" for key in keys) or "it shows none"
