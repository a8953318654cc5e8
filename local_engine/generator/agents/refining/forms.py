"""The form for edits, derived from the kinds of edits: parts of the Blueprint in it are YAML."""

from __future__ import annotations

import types
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from local_engine.generator.agents.designing.shapes import Many, Shape, Text, Thing
from local_engine.generator.blueprint.editing import BaseEdit, Edit
from local_engine.generator.blueprint.editing.kinds.lines import RestoreLines

_YAML = "As blueprint.yaml writes it, on one line: `{type: integer, min: 0}`."
_WHY = Text(about="The words of the request that ask for it, copied exactly.")


def kinds() -> tuple[type[BaseEdit], ...]:
    """All kinds of edits but the one that only takes others back."""
    union = get_args(Edit)[0]
    return tuple(kind for kind in get_args(union) if kind is not RestoreLines)


@cache
def edits_form() -> Thing:
    """A list of edits, and questions."""
    keys: dict[str, Shape] = {"edit": Text(tuple(names_of_kinds()))}
    for kind in kinds():
        for key, info in kind.model_fields.items():
            if key != "edit":
                keys.setdefault(key, _shape(info.annotation))
    edit = Thing({**keys, "why": _WHY}, ("edit", "why"), ("why",))
    question = Thing({"text": Text(), "options": Many(Text())}, ("text",))
    return Thing(
        {
            "edits": Many(edit, about="In the order in which they are made; all or none."),
            "questions": Many(question, about="What is unclear, and is not done."),
        },
        ("edits",),
    )


@cache
def names_of_kinds() -> tuple[str, ...]:
    """The words that `edit` can be."""
    return tuple(
        name for kind in kinds() for name in get_args(kind.model_fields["edit"].annotation)
    )


def signatures() -> str:
    """Each kind with its keys, in a line: what can be said of it."""
    lines = []
    for kind in kinds():
        keys = [
            key if info.is_required() else f"{key}?"
            for key, info in kind.model_fields.items()
            if key != "edit"
        ]
        names = "|".join(get_args(kind.model_fields["edit"].annotation))
        lines.append(f"{names}: {', '.join(keys)}")
    return "\n".join(sorted(lines))


@cache
def needed_keys() -> Mapping[str, tuple[str, ...]]:
    """The keys that each kind of edit must have, some of which may be null."""
    return {
        name: tuple(
            key for key, info in kind.model_fields.items() if info.is_required() and key != "edit"
        )
        for kind in kinds()
        for name in get_args(kind.model_fields["edit"].annotation)
    }


@cache
def parts() -> frozenset[tuple[str, str]]:
    """Kinds of edits and their keys that hold a part of the Blueprint."""
    found = set()
    for kind in kinds():
        for key, info in kind.model_fields.items():
            if key != "edit" and not _is_plain(info.annotation):
                names = get_args(kind.model_fields["edit"].annotation)
                found |= {(name, key) for name in names}
    return frozenset(found)


def _shape(annotation: Any) -> Shape:
    if _is_list(annotation):
        return Many(Text())
    return Text() if _is_plain(annotation) else Text(about=_YAML)


def _is_plain(annotation: Any) -> bool:
    """Whether a value of this type is a word, or a list of words."""
    return _is_list(annotation) or _bare(annotation) in (str,) or _is_word(annotation)


def _is_list(annotation: Any) -> bool:
    bare = _bare(annotation)
    return get_origin(bare) is list and get_args(bare) == (str,)


def _is_word(annotation: Any) -> bool:
    return get_origin(_bare(annotation)) is Literal


def _bare(annotation: Any) -> Any:
    """The type without None and without what pydantic is told besides."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [one for one in get_args(annotation) if one is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else annotation
    return annotation
