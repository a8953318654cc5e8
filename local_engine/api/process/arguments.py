"""What the engine is told when it is started."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_DESCRIPTION = """Runs the local engine: the API that the window talks to, on the loopback address.

Its token comes by the environment (BACKEND_GENERATOR_TOKEN) or as the first line of standard input,
never by argument; without one, it makes its own. When it is ready it prints one line of JSON. It
ends when its standard input, if that is a pipe, or the process that started it does.
"""


@dataclass(frozen=True)
class Arguments:
    """How to run. Port 0 means a free one."""

    port: int
    token_from_stdin: bool
    stay: bool
    link: bool


def read_arguments(arguments: Sequence[str]) -> Arguments:
    """The arguments of the command line; ends the process for wrong ones, or to show them."""
    parser = argparse.ArgumentParser(
        prog=None if getattr(sys, "frozen", False) else "python -m local_engine",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (a free one)")
    parser.add_argument(
        "--token-from-stdin", action="store_true", help="the first line of standard input"
    )
    parser.add_argument(
        "--stay", action="store_true", help="go on when whoever started the engine has ended"
    )
    parser.add_argument(
        "--link", action="store_true", help="print a one-time link for a browser in the ready line"
    )
    found = parser.parse_args(arguments)
    return Arguments(found.port, found.token_from_stdin, found.stay, found.link)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
