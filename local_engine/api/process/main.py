"""From the command line to a running engine, or to the one that runs already."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from local_engine.api.process.arguments import Arguments, read_arguments
from local_engine.api.process.instance import Instance, TakenError, hand_over, new_link
from local_engine.api.process.ready import say_ready
from local_engine.api.process.serving import serve
from local_engine.api.process.token import TokenError, take_token
from local_engine.runtime.home import engine_home

USAGE, ENVIRONMENT = 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the engine of the user's data folder, or hand over to the one that runs already.

    The exit code is 0 after an orderly end or a hand-over, 2 for a token that is none, and 3 when
    the folder or the port cannot be had.
    """
    chosen = read_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        token = take_token(from_stdin=chosen.token_from_stdin)
        return _run(token, chosen)
    except TokenError as error:
        return _refuse(str(error), USAGE)
    except OSError as error:
        from local_engine.runtime.disk_refusal import disk_refusal

        place = f"{error.filename}: " if error.filename else ""
        return _refuse(disk_refusal(error) or f"{place}{error.strerror or error}", ENVIRONMENT)


def _run(token: str, chosen: Arguments) -> int:
    home = engine_home()
    instance = Instance(home)
    try:
        with instance.held():
            serve(home, instance, token, chosen)
    except TakenError:
        first = instance.first_engine()
        hand_over(first, token)
        say_ready(first, started=False, link=new_link(first) if chosen.link else None)
    return 0


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"Error: {message}\n")
    return code
