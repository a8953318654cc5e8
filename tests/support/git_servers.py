"""Real git servers on this machine: git's own CGI behind HTTPS with a password, and an sshd."""

from __future__ import annotations

import base64
import contextlib
import datetime
import getpass
import ipaddress
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local_engine.runtime.ports import LOOPBACK, free_port

TOKEN = "ghp_a-token-that-nobody-may-see-0123456789"


def new_repository(place: Path) -> Path:
    """A bare repository that takes pushes."""
    git("init", "--bare", "--initial-branch=main", str(place), cwd=place.parent)
    git("config", "http.receivepack", "true", cwd=place)
    return place


def git(*arguments: str, cwd: Path) -> str:
    """What git itself says."""
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=cwd, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@dataclass
class WebServer:
    """git's HTTPS server; `seen` are the Authorization headers, by path."""

    url: str
    authority: Path
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    redirect: str | None = None


@contextlib.contextmanager
def https_server(root: Path, token: str = TOKEN) -> Iterator[WebServer]:
    """Serves the repositories below `root` to whoever has the token."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="keys-") as keys:
        certificate, authority = _certificate(Path(keys))
        server = WebServer(f"https://localhost:{port}", authority)
        handler = type("Handler", (_Git,), {"root": root, "token": token, "facts": server})
        listening = ThreadingHTTPServer((LOOPBACK, port), handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            listening.shutdown()
            listening.server_close()


class _Git(BaseHTTPRequestHandler):
    root: Path
    token: str
    facts: WebServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self._body()
        given = self.headers.get("Authorization")
        self.facts.seen.append((self.path, given))
        if self.facts.redirect is not None:
            self._plain(307, Location=self.facts.redirect + self.path)
        elif self._password(given) != self.token:
            self._plain(401, b"", **{"WWW-Authenticate": 'Basic realm="git"'})
        else:
            self._run_git(body)

    def _password(self, given: str | None) -> str | None:
        if given is None or not given.startswith("Basic "):
            return None
        return base64.b64decode(given[6:]).decode().partition(":")[2]

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _run_git(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path.rstrip("/"),
            "QUERY_STRING": query.rstrip("/"),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_USER": "git",
            "REMOTE_ADDR": LOOPBACK,
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, capture_output=True, check=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self._plain(int(headers.pop("Status", "200")[:3]), content, **headers)

    def _plain(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of `localhost` with its key, and the authority that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"localhost {serial}")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both, authority = folder / "server.pem", folder / "authority.pem"
    both.write_bytes(private + public)
    authority.write_bytes(public)
    return both, authority


@dataclass(frozen=True)
class SshServer:
    """An sshd for this user; `fingerprint` is that of its key, `agent` holds ours."""

    host: str
    port: int
    user: str
    fingerprint: str
    agent: str


def sshd_reason() -> str | None:
    """Why no sshd can run here; None if one can."""
    if _sshd() is None:
        return "there is no sshd (Debian: openssh-server)"
    if os.geteuid() == 0:
        import pwd

        try:
            pwd.getpwnam("sshd")
        except KeyError:
            return "root's sshd needs a user sshd (Debian: openssh-server)"
    return None


@contextlib.contextmanager
def ssh_server(folder: Path, port: int | None = None) -> Iterator[SshServer]:
    """An sshd with a new key, and an agent with a key that it accepts."""
    port = port or free_port()
    host_key, own_key = _new_key(folder / "host_key"), _new_key(folder / "own_key")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress {LOOPBACK}\nHostKey {host_key}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {own_key}.pub\nStrictModes no\nPasswordAuthentication no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    daemon = [str(_sshd()), "-D", "-e", "-f", str(config)]
    socket = str(folder / "agent")
    with (
        subprocess.Popen(daemon, stderr=subprocess.DEVNULL) as server,
        subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as agent,
    ):
        try:
            _wait_for(socket)
            subprocess.run(
                ["ssh-add", "-q", str(own_key)],
                env={**os.environ, "SSH_AUTH_SOCK": socket},
                check=True,
            )
            shown = subprocess.run(
                ["ssh-keygen", "-lf", f"{host_key}.pub"], capture_output=True, text=True, check=True
            )
            fingerprint = shown.stdout.split()[1]
            yield SshServer(LOOPBACK, port, getpass.getuser(), fingerprint, socket)
        finally:
            server.terminate()
            agent.terminate()


def _new_key(path: Path) -> Path:
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def _wait_for(socket: str) -> None:
    deadline = time.monotonic() + 10
    while not Path(socket).exists():
        assert time.monotonic() < deadline, "the agent does not start"
        time.sleep(0.02)


def _sshd() -> str | None:
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
