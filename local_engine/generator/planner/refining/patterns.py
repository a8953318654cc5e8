"""Intents: a shape of a clause, and what makes edits of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from local_engine.generator.planner.refining.known import Known
from local_engine.generator.planner.refining.results import Step

Maker = Callable[[Known, dict[str, str]], Iterable[Step]]

_PIECES = {
    "X": r".+?",
    "MAY": r"(?:may|can|should|could|must|shall|will|should be able to|are allowed to"
    r"|is allowed to|should be allowed to)",
    "MUST": r"(?:must|should|has to|have to|needs to|need to|shall|is|are)(?: always)?(?: be)?",
    "NOT": r"(?:may not|cannot|can not|can't|must not|mustn't|should not|shouldn't|may never"
    r"|can never|must never)",
    "NUM": r"\d+(?:\.\d+)?",
    "IN": r"(?:of|from|in|on|at|for)",
    "TO": r"(?:to|for|on|in)",
    "ADD": r"(?:add|create|introduce|include|give|put|insert|we need|i need|i want|we want|store"
    r"|keep)",
    "REMOVE": r"(?:remove|delete|drop|get rid of|take away|erase|we no longer need|i don't need)",
}


@dataclass(frozen=True)
class Intent:
    """A pattern over a whole clause in small letters; names in it reach the maker as parts."""

    pattern: re.Pattern[str]
    maker: Maker


def intent(pattern: str) -> Callable[[Maker], Intent]:
    """Makes an intent of a function; `<X>` is any words, `<MAY>` a modal verb, and so on."""

    def piece(found: re.Match[str]) -> str:
        name, _, group = found[1].partition(":")
        return f"(?P<{group}>{_PIECES[name]})" if group else _PIECES[name]

    compiled = re.compile(re.sub(r"<([A-Z]+(?::[a-z]+)?)>", piece, pattern))
    return lambda maker: Intent(compiled, maker)


def listed(text: str) -> list[str]:
    """`a, b and c` one by one."""
    parts = re.split(r"\s*,\s*(?:and |or |as well as )?|\s+(?:and|or|as well as|&)\s+", text)
    return [part.strip() for part in parts if part.strip()]
