"""What all edits have in common, and how one is refused."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from local_engine.generator.blueprint.model import Node
from local_engine.generator.blueprint.problems import closest

if TYPE_CHECKING:
    from local_engine.generator.blueprint.editing.sheet import Sheet


class Refusal(Exception):
    """An edit does not fit the Blueprint; `key` is the part of the edit that is wrong."""

    def __init__(self, key: str, code: str, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.key = key
        self.code = code
        self.message = message
        self.suggestion = suggestion


class BaseEdit(Node):
    """One change of a Blueprint; `edit` names its kind."""

    edit: str

    @abstractmethod
    def apply(self, sheet: Sheet) -> None:
        """Changes the sheet. Raises Refusal where the edit does not fit it."""

    def plain(self) -> Any:
        """The edit as JSON holds it; what equals its default is left out, the kind never is."""
        return {"edit": self.edit, **dict(self._plain_items())}


def refuse_unknown(key: str, what: str, word: str, known: Iterable[str]) -> NoReturn:
    """Ends an edit that names something which is not there."""
    names = list(known)
    suggestion = closest(word, names)
    message = f"There is no {what} `{word}`."
    if suggestion is None and names:
        message += f" Known: {', '.join(names)}."
    raise Refusal(key, f"unknown-{what.split()[-1]}", message, suggestion)


def refuse_taken(key: str, what: str, word: str) -> NoReturn:
    """Ends an edit that would make something anew which is there already."""
    raise Refusal(key, "name-clash", f"There is a {what} `{word}` already: choose another name.")
