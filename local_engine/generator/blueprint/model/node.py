"""What all parts of the source model have in common: strictness, key order and the plain form.

The plain form is made of dicts, lists, strings, numbers and booleans only: it is what the YAML
file holds, with short forms where nothing else is said and without what equals its default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from local_engine.generator.blueprint.model.scalars import ExpressionText


def plain(value: object) -> Any:
    """The plain form of a node, or of a list or dict that contains nodes."""
    if isinstance(value, Node | ExpressionText):
        return value.plain()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


@cache
def _keys(model: type[BaseModel]) -> tuple[frozenset[str], tuple[str, ...]]:
    """All names that a node's mapping may have, and the keys among them that YAML uses."""
    fields = model.model_fields
    keys = tuple(info.alias or name for name, info in fields.items())
    return frozenset((*keys, *fields)), keys


class Node(BaseModel):
    """One object of a Blueprint; unknown keys are errors, values are not converted."""

    model_config = ConfigDict(
        extra="forbid", strict=True, populate_by_name=True, protected_namespaces=()
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, value: Any) -> Any:
        """All unknown keys at once, together with the known ones, for helpful messages."""
        if isinstance(value, Mapping):
            allowed, keys = _keys(cls)
            unknown = [str(key) for key in value if key not in allowed]
            if unknown:
                context = {"unknown": unknown, "known": list(keys)}
                raise PydanticCustomError("unknown_keys", "unknown keys: {unknown}", context)
        return value

    def plain(self) -> Any:
        """This node as plain data, in the order of its keys, defaults left out."""
        return dict(self._plain_items())

    def _plain_items(self) -> Iterator[tuple[str, Any]]:
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if info.is_required() or value != info.get_default(call_default_factory=True):
                yield info.alias or name, plain(value)
