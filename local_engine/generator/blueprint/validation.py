"""From plain data to the source model, with every problem in plain words.

Parts that do not fit are mended (where a word was misspelt) or left out, and reading goes on, so
that all problems of a Blueprint are told at once. Whatever was mended or left out is an error.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.model.effect import EFFECT_KEYS
from local_engine.generator.blueprint.model.relation import RELATION_KEYS
from local_engine.generator.blueprint.model.rule import RULE_KEYS
from local_engine.generator.blueprint.problems import Path, ProblemList, closest, path_text

_ROUNDS = 25
"""How often reading goes on after mending; each round tells all problems of its state."""
_KINDS = {
    "rules": ("rule", RULE_KEYS),
    "effects": ("effect", EFFECT_KEYS),
    "do": ("effect", EFFECT_KEYS),
    "relations": ("relation", RELATION_KEYS),
}
_WANTED = {
    "string_type": "A text",
    "bool_type": "`true` or `false`",
    "int_type": "A whole number",
    "list_type": "A list",
    "dict_type": "A mapping (`key: value`)",
    "model_type": "A mapping (`key: value`)",
    "model_attributes_type": "A mapping (`key: value`)",
    "number": "A number",
    "limit": "A number, a date or a time",
    "expression": "An expression",
}
_OTHER_TYPE_NAMES = {
    "array": "list",
    "bigint": "integer",
    "binary": "file",
    "bool": "boolean",
    "char": "string",
    "currency": "money",
    "double": "decimal",
    "float": "decimal",
    "guid": "uuid",
    "image": "file",
    "int": "integer",
    "interval": "duration",
    "jsonb": "json",
    "link": "url",
    "long": "integer",
    "longtext": "text",
    "markdown": "text",
    "number": "decimal",
    "numeric": "decimal",
    "object": "json",
    "photo": "file",
    "picture": "file",
    "price": "money",
    "str": "string",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "uri": "url",
    "varchar": "string",
}
"""What other languages call our types."""
_NAMING = ("entities", "fields", "relations", "input", "rows", "states", "members")


@dataclass
class Reading:
    """What could be read: `incomplete` if named things were left out of it, `clean` if nothing was.

    A clean reading was not mended either.
    """

    blueprint: Blueprint | None
    incomplete: bool = False
    clean: bool = False
    dropped: set[Path] = field(default_factory=set)


def read_blueprint(data: Any, problems: ProblemList) -> Reading:
    """The Blueprint that plain data holds, as far as it could be read."""
    if not isinstance(data, Mapping):
        what = "It is empty" if data is None else "It is not a mapping"
        message = f"{what}: a Blueprint begins with `name:` and `entities:`."
        problems.error((), "not-a-blueprint", message)
        return Reading(None)
    reading = Reading(None)
    try:
        reading.blueprint = Blueprint.model_validate(data)
        return reading
    except ValidationError as error:
        failure = error
    data = copy.deepcopy(dict(data))
    for _ in range(_ROUNDS):
        if not _mend_all(data, failure, problems, reading):
            break
        try:
            reading.blueprint = Blueprint.model_validate(data)
            break
        except ValidationError as error:
            failure = error
    return reading


def _mend_all(
    data: dict[str, Any], error: ValidationError, problems: ProblemList, reading: Reading
) -> bool:
    """Tells the problems and mends the data; False where nothing more can be mended."""
    mended = False
    found = [(_written_path(data, one), one) for one in error.errors(include_url=False)]
    for path, details in found:
        mended = _Mending(data, path, details, problems, reading).mend() or mended
    return mended


def _written_path(data: Any, details: ErrorDetails) -> Path:
    """The location of a problem without the names of kinds and the steps of short forms."""
    path: Path = ()
    at: Any = data
    for step in details["loc"]:
        if (isinstance(at, Mapping) and step in at) or _has(at, step):
            at, path = at[step], (*path, step)
    return (*path, details["loc"][-1]) if details["type"] == "missing" else path


class _Mending:
    """One problem that pydantic found, told and mended."""

    def __init__(
        self,
        data: dict[str, Any],
        path: Path,
        details: ErrorDetails,
        problems: ProblemList,
        reading: Reading,
    ) -> None:
        self._data = data
        self._path = path
        self._details = details
        self._problems = problems
        self._reading = reading

    def mend(self) -> bool:
        """Tells the problem; True if the data was changed so that reading can go on."""
        match self._details["type"]:
            case "unknown_keys":
                return self._unknown_keys()
            case "missing":
                return self._missing_key()
            case "literal_error":
                return self._unknown_word()
            case "union_tag_not_found" | "union_tag_invalid":
                return self._unknown_kind()
            case kind:
                self._problems.error(self._path, "wrong-kind", self._wanted(kind))
                return self._replace_or_drop()

    def _wanted(self, kind: str) -> str:
        if kind in _WANTED:
            return f"{_WANTED[kind]} is expected here, not {_described(self._details['input'])}."
        return f"{self._details['msg']}."

    def _unknown_keys(self) -> bool:
        known: list[str] = self._details["ctx"]["known"]
        parent = self._at(self._path)
        if not isinstance(parent, dict):  # a part around it was left out just now
            return True
        for key in self._details["ctx"]["unknown"]:
            value = parent.pop(key)
            suggestion = closest(key, known)
            message = f"There is no key `{key}` here."
            if re.search(r"[()'\"=<>]", key):
                message = (
                    f"`{key}` is not a key. If it is part of an expression that has a comma, put"
                    " the whole expression in quotes."
                )
                suggestion = None
            elif suggestion is None:
                message += f" Known here: {', '.join(known)}."
            path = (*self._path, key)
            self._problems.error(path, "unknown-key", message, suggestion, at_key=True)
            if suggestion is not None and suggestion not in parent:
                parent[suggestion] = value
                self._problems.note_misspelt((*self._path, suggestion), key)
        return True

    def _missing_key(self) -> bool:
        key, told = str(self._path[-1]), self._path in self._reading.dropped
        self._path = self._path[:-1]
        if not told:
            where = f" in `{path_text(self._path[-1:])}`" if self._path else ""
            message = f"`{key}` is missing{where}."
            self._problems.error(self._path, "missing-key", message, at_key=True)
        standing_in: dict[str, Any] = {"name": "Unnamed", "entities": {}, "type": "string"}
        if key in standing_in:
            self._at(self._path)[key] = standing_in[key]
            return True
        return self._drop()

    def _unknown_word(self) -> bool:
        known = re.findall(r"'([^']+)'", str(self._details["ctx"]["expected"]))
        word, key = str(self._details["input"]), self._details["loc"][-1]
        is_type = key in ("type", "of")
        suggestion = (_OTHER_TYPE_NAMES.get(word.lower()) if is_type else None) or closest(
            word, known
        )
        message = f"There is no type `{word}`." if is_type else f"`{word}` is not known here."
        if suggestion is None:
            message += f" Known: {', '.join(known) or self._details['ctx']['expected']}."
        code = "unknown-type" if is_type else "unknown-word"
        self._problems.error(self._path, code, message, suggestion)
        if suggestion is None and not is_type:
            return self._drop()
        self._reading.incomplete |= suggestion is None
        self._put(suggestion or "string")
        return True

    def _unknown_kind(self) -> bool:
        what, known = self._kind()
        found = self._details["input"]
        if isinstance(found, str) and what == "relation":
            message = f"Write `{{to: {found}}}` for a relation to one {found}."
            self._problems.error(self._path, "wrong-kind", message)
            self._put({"to": found})
            return True
        if not isinstance(found, Mapping):
            message = f"A {what} is a mapping with one of the keys {', '.join(known)}."
            self._problems.error(self._path, "wrong-kind", message)
            return self._drop()
        for key in found:
            suggestion = closest(str(key), known)
            if suggestion is not None:
                path = (*self._path, key)
                message = f"There is no {what} of the kind `{key}`."
                self._problems.error(path, "unknown-key", message, suggestion, at_key=True)
                at = self._at(self._path)
                at[suggestion] = at.pop(key)
                self._problems.note_misspelt((*self._path, suggestion), str(key))
                return True
        message = f"What kind of {what} is this? It needs one of the keys {', '.join(known)}."
        self._problems.error(self._path, "unknown-kind", message, at_key=True)
        return self._drop()

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        for step in reversed(self._details["loc"]):
            if step in _KINDS:
                return _KINDS[str(step)]
        return "part", ()

    def _at(self, path: Path) -> Any:
        at: Any = self._data
        for step in path:
            at = at.get(step) if isinstance(at, Mapping) else at[step] if _has(at, step) else None
        return at

    def _put(self, value: Any) -> None:
        self._at(self._path[:-1])[self._path[-1]] = value

    def _replace_or_drop(self) -> bool:
        if len(self._path) > 1 and self._path[-2] in ("fields", "input", "rows"):
            self._put("string")
            return True
        return self._drop()

    def _drop(self) -> bool:
        """Leaves the part out that does not fit; of a list, also what comes after it."""
        if not self._path:
            return False
        parent, step = self._at(self._path[:-1]), self._path[-1]
        self._reading.dropped.add(self._path)
        if len(self._path) == 1 or any(part in _NAMING for part in self._path[-2:]):
            self._reading.incomplete = True
        if isinstance(parent, list) and isinstance(step, int):
            del parent[step:]
            return True
        return isinstance(parent, dict) and parent.pop(step, self) is not self


def _has(at: Any, step: object) -> bool:
    return isinstance(at, list) and isinstance(step, int) and step < len(at)


def _described(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f"the text `{value}`"
        case list():
            return "a list"
        case Mapping():
            return "a mapping"
        case _:
            return f"`{value}`"
