"""Where the engine's token comes from: environment or standard input, never an argument."""

from __future__ import annotations

import os
import secrets

from local_engine.api.features.session.service import MIN_TOKEN_LENGTH

VARIABLE = "BACKEND_GENERATOR_TOKEN"
_MAX_LENGTH = 4096


class TokenError(Exception):
    """The token that was given is none."""


def take_token(*, from_stdin: bool) -> str:
    """The token, or a new one if none is given; child processes do not inherit it.

    Raises `TokenError` for one that is too short to be random, or no printable ASCII.
    """
    given = os.environ.pop(VARIABLE, None)
    if from_stdin:
        given = _first_line()
    if given is None:
        return secrets.token_urlsafe(32)
    if not (MIN_TOKEN_LENGTH <= len(given) <= _MAX_LENGTH):
        raise TokenError(
            f"The token has {len(given)} characters. Give {MIN_TOKEN_LENGTH} to {_MAX_LENGTH} "
            f"random ones in {VARIABLE}, or with --token-from-stdin as the first line."
        )
    if not (given.isascii() and given.isprintable() and " " not in given):
        raise TokenError("The token may have printable ASCII characters only, and no spaces.")
    return given


def _first_line() -> str:
    """One line of standard input, read byte by byte: what follows is not ours to keep."""
    line = b""
    while len(line) <= _MAX_LENGTH and (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode("utf-8", "replace").rstrip("\r")
