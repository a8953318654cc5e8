"""Addresses of git remotes: https and ssh, without secrets, and nothing that ssh reads as options.

The forms are those of git's manual, gitfaq and "GIT URLS" of git-push; what git would carry out as
a command (`ext::`) or read from this machine (`file://`) is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from local_engine.projects.pushing.errors import PushRefused

MAX_LENGTH = 1000
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_SHORT = re.compile(r"(?:(?P<user>[^@/:]+)@)?(?P<host>[^@/:]{2,}):(?P<path>[^:].*)")
_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_EXAMPLES = "write it as https://host/owner/name.git or git@host:owner/name.git"


@dataclass(frozen=True)
class Remote:
    """Where a repository is. `path` is absolute for https, and as the host reads it for ssh."""

    scheme: Literal["https", "http", "ssh"]
    user: str | None
    host: str
    port: int | None
    path: str

    @property
    def url(self) -> str:
        """The address; it holds no secret."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = f"{self.user}@{host}" if self.user else host
        place += f":{self.port}" if self.port else ""
        between = "" if self.path.startswith("/") else "/~/"
        return f"{self.scheme}://{place}{between}{self.path}"

    @property
    def secret_name(self) -> str | None:
        """What the secret is called that opens this host; ssh has keys instead."""
        if self.scheme == "ssh":
            return None
        word = re.sub(r"[^a-z0-9.-]", "-", self.host.lower())
        return f"git.{word}-{self.port}" if self.port else f"git.{word}"


def parse_remote(text: str) -> Remote:
    """The remote of an address. Raises `PushRefused`, without repeating a secret."""
    if not text or len(text) > MAX_LENGTH or _UNCLEAN.search(text):
        raise _unreadable()
    short = None if "://" in text else _SHORT.fullmatch(text)
    if short is not None:
        return _checked("ssh", short["user"], short["host"], None, short["path"])
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _unreadable() from None
    if parts.scheme not in ("https", "http", "ssh") or not parts.hostname:
        raise _unreadable()
    if parts.password is not None or parts.query or parts.fragment:
        raise PushRefused(
            "secret-in-address",
            "the address of a remote must not hold a password or token",
            hint="leave it out: the token is handed over apart from it",
        )
    return _checked(parts.scheme, parts.username, parts.hostname, port, _path(parts))


def _path(parts: SplitResult) -> str:
    if parts.scheme != "ssh":
        return parts.path
    path = unquote(parts.path)
    return path.removeprefix("/~/") if path.startswith("/~/") else path


def _checked(scheme: str, user: str | None, host: str, port: int | None, path: str) -> Remote:
    if not _HOST.fullmatch(host) or (user is not None and not _USER.fullmatch(user)):
        raise _unreadable()
    if not path.strip("/") or path.startswith("-") or _UNCLEAN.search(path):
        raise _unreadable()
    if scheme == "http" and host not in _LOOPBACK:
        raise PushRefused(
            "not-encrypted",
            "http would send the token for everybody to read",
            hint="use the https address",
        )
    known: dict[str, Literal["https", "http", "ssh"]] = {
        "https": "https",
        "http": "http",
        "ssh": "ssh",
    }
    return Remote(known[scheme], user, host, port, path)


def _unreadable() -> PushRefused:
    return PushRefused("no-remote", "this is not the address of a git remote", hint=_EXAMPLES)
