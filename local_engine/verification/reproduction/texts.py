"""Request texts taken apart into literal pieces, variables and long runs of one character."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_engine.verification.actors import Actor

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that the reproduction itself makes

_RUN = re.compile(r"(.)\1{199,}", re.DOTALL)


@dataclass(frozen=True)
class Variable:
    """A value that is known only while the steps run."""

    name: str


@dataclass(frozen=True)
class Run:
    """One character many times."""

    character: str
    times: int


Piece = str | Variable | Run


def pieces(text: str, variables: Mapping[str, str]) -> list[Piece]:
    """The text with its variables and long runs in place of their values."""
    result: list[Piece] = []
    for part in _split(text, variables):
        if part in variables:
            result.append(Variable(variables[part]))
        else:
            result += _runs(part)
    return result


def _split(text: str, variables: Mapping[str, str]) -> list[str]:
    if not variables:
        return [text] if text else []
    pattern = "|".join(re.escape(value) for value in sorted(variables, key=len, reverse=True))
    return [part for part in re.split(f"({pattern})", text) if part]


def _runs(text: str) -> list[Piece]:
    result: list[Piece] = []
    end = 0
    for match in _RUN.finditer(text):
        if match.start() > end:
            result.append(text[end : match.start()])
        result.append(Run(match[1], len(match[0])))
        end = match.end()
    if end < len(text):
        result.append(text[end:])
    return result


def body_text(body: bytes) -> str:
    """A body as text that gives the same bytes again when it is encoded with surrogateescape."""
    return body.decode("utf-8", "surrogateescape")


def user_rows(actors: tuple[Actor, ...]) -> list[dict[str, object]]:
    """What the users command needs to make these actors."""
    return [{**actor.account, "password": PASSWORD} for actor in actors]


def name(label: str) -> str:
    """An actor's label as part of a variable's name."""
    return re.sub(r"\W+", "_", label).strip("_").lower() or "actor"
