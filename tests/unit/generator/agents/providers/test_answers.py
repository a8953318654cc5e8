"""From the text of an answer to its value."""

from __future__ import annotations

from local_engine.generator.agents.providers.answers import value_of

SCHEMA = {
    "type": "object",
    "properties": {"words": {"type": "array", "items": {"type": "string"}}},
    "required": ["words"],
    "additionalProperties": False,
}


def test_what_no_database_and_no_file_can_keep_is_not_in_it() -> None:
    value = value_of('{"words": ["a\\u0000b", "x\\ud800y", "\\ud83d\\ude00"]}', SCHEMA)
    assert value == {"words": ["ab", "x?y", "😀"]}
