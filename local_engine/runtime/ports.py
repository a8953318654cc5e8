"""Free TCP ports on the loopback address."""

from __future__ import annotations

import os
import socket

LOOPBACK = "127.0.0.1"
_OTHER_LOOPBACK = "127.0.0.2"  # all of 127.0.0.0/8 is local on Linux and Windows, not on macOS


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now.

    Somebody else may take it before it is used: whoever starts a server on it tries again then.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if os.name != "nt":  # there the option means to take a port from its present owner
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def other_loopback() -> str:
    """A second address of this machine to connect from; empty where the system has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        try:
            connection.bind((_OTHER_LOOPBACK, 0))
        except OSError:
            return ""
        return _OTHER_LOOPBACK
