"""Where the cloud is: development, staging and production differ by their address only."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from local_engine.account.errors import AddressRefused

VARIABLE = "API_URL"
"""The cloud's address; goes before the setting."""
DEVELOPMENT = "http://127.0.0.1:8000"
"""Where `backend-generator cloud` listens."""
_MOST = 500


def cloud_address(setting: str | None = None) -> str:
    """The address in force: the environment's, the setting's, or the one of development.

    Raises `AddressRefused`.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return checked_address(given, VARIABLE)
    return checked_address(setting, "The cloud's address") if setting else DEVELOPMENT


def checked_address(text: str, what: str) -> str:
    """An address without its last slash. Raises `AddressRefused`, which never repeats secrets."""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    hint = "Give one such as https://cloud.example.com."
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > _MOST:
        raise AddressRefused(f"{what} is no address of HTTP.", hint)
    if parts.username is not None or parts.query or parts.fragment:
        raise AddressRefused(f"{what} may hold no password, query or fragment.", hint)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise AddressRefused(
            f"{what} is http://{parts.hostname}: passwords would travel in the clear.",
            "Use https://, or an address of this machine.",
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
