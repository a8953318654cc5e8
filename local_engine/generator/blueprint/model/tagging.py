"""Telling the kinds of a union apart by the one key that names the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def key_of(*keys: str) -> Callable[[Any], str | None]:
    """A discriminator: `=` and the first of `keys` that a mapping (or a node) has.

    The sign tells kinds from keys in the locations of problems.
    """

    def find(value: Any) -> str | None:
        if isinstance(value, Mapping):
            return next((f"={key}" for key in keys if key in value), None)
        return next((f"={key}" for key in keys if _has(value, key)), None)

    return find


def _has(node: Any, key: str) -> bool:
    fields = getattr(type(node), "model_fields", {})
    return any((info.alias or name) == key for name, info in fields.items())
