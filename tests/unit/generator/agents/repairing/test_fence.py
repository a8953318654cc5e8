"""A repair of the Blueprint opens nothing and takes nothing away."""

from __future__ import annotations

from typing import Any

import pytest

from local_engine.generator.agents.repairing.fence import outside_the_fence
from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.editing import edits_of

DOCUMENT = load("""\
name: Todos
entities:
  Todo:
    owner: author
    fields: {title: {type: string, max: 100}, notes: {type: text, private: true}}
    relations: {author: {to: User}}
    access: {list: owner, read: owner, create: authenticated}
operations:
  finish: {on: Todo, by: owner, effects: [{set: title, to: "'x'"}]}
""")


@pytest.mark.parametrize(
    ("edit", "fits"),
    [
        ({"edit": "change_field", "entity": "Todo", "field": "title", "set": {"max": 80}}, True),
        ({"edit": "add_field", "entity": "Todo", "field": "a",
          "definition": {"type": "integer", "optional": True}}, True),
        ({"edit": "change_field", "entity": "Todo", "field": "notes", "set": {"private": None}},
         False),
        ({"edit": "remove_field", "entity": "Todo", "field": "title"}, False),
        ({"edit": "remove_entity", "entity": "Todo"}, False),
        ({"edit": "set_access", "entity": "Todo", "action": "read", "actors": ["public"]}, False),
        ({"edit": "set_accounts", "sign_up": "open"}, False),
        ({"edit": "add_role", "role": "boss"}, False),
        ({"edit": "change_operation", "name": "finish", "definition":
          {"on": "Todo", "by": "owner", "effects": [{"set": "title", "to": "'z'"}]}}, True),
        ({"edit": "change_operation", "name": "finish", "definition":
          {"on": "Todo", "by": "public", "effects": [{"set": "title", "to": "'x'"}]}}, False),
    ],
)  # fmt: skip
def test_edits_within_and_outside(edit: dict[str, Any], fits: bool) -> None:
    assert (not outside_the_fence(edits_of([edit]), DOCUMENT)) is fits
