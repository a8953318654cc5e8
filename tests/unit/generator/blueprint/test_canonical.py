"""The canonical form: unique, stable, with comments; and what is written can be read again."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from local_engine.generator.blueprint import Blueprint, BlueprintErrors, canonicalise, dump, load
from local_engine.generator.blueprint.model import Entity, Field
from local_engine.generator.blueprint.writer import write
from local_engine.generator.blueprint.yaml import read_yaml

EXAMPLES = Path("docs/examples")
FILES = sorted(EXAMPLES.glob("*/*.yaml"))
TODO = """\
# What this is about.
name: Todo   # the product

entities:
  # One thing to do.
  Todo:
    access: {list: [owner], read: owner, create: authenticated, update: owner, delete: [owner]}
    owner: owner
    relations: {owner: {to: User}}


    fields:
      done: {default: false, type: boolean}   # yet?
      title: {type: string}
      # the end of the fields
# the end
"""
CANONICAL = """\
# What this is about.
blueprint: 1
name: Todo  # the product

entities:
  # One thing to do.
  Todo:
    owner: owner

    fields:
      done: {type: boolean, default: false}  # yet?
      title: string
    relations:
      owner: {to: User}
    access: {list: owner, read: owner, create: authenticated, update: owner, delete: owner}
# the end of the fields
# the end
"""


def test_a_text_is_put_into_canonical_form_with_its_comments() -> None:
    assert canonicalise(TODO) == CANONICAL


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_canonical_files_are_stable(path: Path) -> None:
    text = path.read_text()
    once = canonicalise(text)
    assert canonicalise(once) == once
    assert load(once).blueprint == load(text).blueprint
    assert dump(load(text).blueprint) == canonicalise(dump(load(text).blueprint))
    if path.parent.name == "language":
        assert once == text


def test_a_changed_blueprint_keeps_the_comments() -> None:
    document = load(CANONICAL)
    changed = document.blueprint.model_copy(deep=True)
    changed.entities["Todo"].fields["due_on"] = Field(type="date", optional=True)
    changed.entities["Note"] = Entity(fields={"text": Field(type="text")})
    del changed.entities["Todo"].fields["done"]
    text = document.with_blueprint(changed).text
    for comment in ("# What this is about.", "# the product", "# One thing to do.", "# yet?"):
        assert comment in text
    assert "due_on: {type: date, optional: true}\n" in text
    assert load(text).problems[0].code == "nobody"
    assert load(text).blueprint == changed


def test_comments_inside_of_what_becomes_one_line_are_kept() -> None:
    text = CANONICAL.replace("list: owner,", "list:  # whose\n      [owner],  # only\n      ")
    once = canonicalise(text)
    assert "# whose" in once
    assert "# only" in once
    assert canonicalise(once) == once


def test_what_is_no_comment_stays() -> None:
    text = CANONICAL.replace("# What this is about.\n", "").replace(
        "name: Todo  # the product", "name: 'C# and #1'\ndescription: |\n  a # b\n  # c\n\n  d"
    )
    once = canonicalise(text)
    assert load(once).blueprint.description == "a # b\n# c\n\nd\n"
    assert load(once).blueprint.name == "C# and #1"
    assert canonicalise(once) == once


def test_broken_texts_are_refused() -> None:
    with pytest.raises(BlueprintErrors):
        canonicalise("name: [")
    with pytest.raises(BlueprintErrors):
        canonicalise("nam: x\nentities: {}")


_TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40),
    st.sampled_from(
        ["", " ", "yes", "on", "null", "~", "1", "0x10", "1e5", "1.5", "-", "- a", "a: b", "#",
         "a #b", "12:30", "2026-01-01", "'", '"', "it's", "\\", "a\nb", "a\n\nb\n", "\na", " a\nb",
         "{a}", "[a]", "=", "<<", "!x", "&x", "*x", "%x", "@x", "`x", "|", ">", "?", ", ", "a,b",
         "-a", "--", "a:", "é", "\x85"]
    ),
)  # fmt: skip


@given(_TEXTS)
@settings(max_examples=500, deadline=None)
def test_any_text_is_written_so_that_it_is_read_as_the_same(text: str) -> None:
    assume(all(ord(c) >= 32 or c in "\n\t" for c in text) and "\x7f" not in text)
    assume(not re.search("[\x80-\x84\x86-\x9f\ufffe\uffff]", text))
    for data in ({"name": text}, {"a": [text, {"b": text}]}, {"a": {"b": [text]}}):
        written = write(data)
        source, problems = read_yaml(written)
        assert problems.sorted() == (), written
        assert source.data == data, written


_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
_ENTITIES = st.from_regex(r"[A-Z][A-Za-z0-9]{0,12}", fullmatch=True)
_EXPRESSIONS = st.sampled_from(["a > 1", "status == 'x'", "true", "3", "0.5", "count(lines)"])
_ACTORS = st.lists(st.sampled_from(["owner", "public", "member:x", "a.b if c > 1"]), max_size=3)
_OPTIONS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "money", "enum", "date", "list", "json"])},
    optional={
        "optional": st.booleans(),
        "default": st.one_of(st.integers(), st.booleans(), st.text("ab: #'\"", max_size=8)),
        "min": st.one_of(
            st.integers(-5, 5), st.decimals(-5, 5, places=2).map(lambda d: Decimal(str(d)))
        ),
        "in": st.lists(st.integers(), max_size=3),
        "values": st.lists(_NAMES, max_size=4),
        "check": _EXPRESSIONS,
        "editable_by": _ACTORS,
        "description": st.text("abc:#\n{}", max_size=30),
    },
)
_EFFECTS: st.SearchStrategy[dict[str, Any]] = st.deferred(
    lambda: st.one_of(
        st.fixed_dictionaries({"set": _NAMES, "to": _EXPRESSIONS}),
        st.fixed_dictionaries(
            {"decrease": _NAMES, "by": _EXPRESSIONS, "else": st.text(max_size=5)}
        ),
        st.fixed_dictionaries(
            {"create": _ENTITIES, "with": st.dictionaries(_NAMES, _EXPRESSIONS, max_size=2)}
        ),
        st.fixed_dictionaries({"each": _NAMES, "do": st.lists(_EFFECTS, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"each": _NAMES, "where": _EXPRESSIONS, "delete": _NAMES}),
    )
)
_RULES = st.one_of(
    st.fixed_dictionaries({"check": _EXPRESSIONS}, optional={"on": st.just("create")}),
    st.fixed_dictionaries({"unique": st.lists(_NAMES, max_size=3)}),
    st.fixed_dictionaries({"at_most": st.one_of(st.integers(1, 9), _EXPRESSIONS), "per": _NAMES}),
)
_RELATIONS = st.one_of(
    st.fixed_dictionaries({"to": _ENTITIES}, optional={"where": _EXPRESSIONS}),
    st.fixed_dictionaries({"many": _ENTITIES}),
    st.fixed_dictionaries({"links": _ENTITIES}),
)
_TRANSITIONS = st.fixed_dictionaries(
    {"from": st.one_of(_NAMES, st.lists(_NAMES, min_size=1)), "to": _NAMES},
    optional={"by": _ACTORS, "require": _EXPRESSIONS, "effects": st.lists(_EFFECTS, max_size=2)},
)
_ENTITY = st.fixed_dictionaries(
    {},
    optional={
        "fields": st.dictionaries(_NAMES, st.one_of(st.just("text"), _OPTIONS), max_size=3),
        "relations": st.dictionaries(_NAMES, _RELATIONS, max_size=3),
        "rules": st.lists(_RULES, max_size=3),
        "sort": st.lists(_NAMES.map(lambda name: f"-{name}"), max_size=2),
        "limits": st.dictionaries(_NAMES, st.just("10 per minute"), max_size=1),
        "states": st.fixed_dictionaries(
            {"initial": _NAMES, "transitions": st.dictionaries(_NAMES, _TRANSITIONS, max_size=2)}
        ),
        "access": st.dictionaries(st.sampled_from(["list", "read", "create"]), _ACTORS),
    },
)
_LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0xD7FF, exclude_categories=["Cc"])
_BLUEPRINTS = st.fixed_dictionaries(
    {
        "name": st.text(_LETTERS, min_size=1, max_size=10),
        "entities": st.dictionaries(_ENTITIES, _ENTITY, max_size=2),
    },
    optional={"webhooks": st.lists(_NAMES, max_size=2)},
)


@given(_BLUEPRINTS)
@settings(max_examples=60, deadline=None)
def test_any_blueprint_survives_writing_and_reading(data: dict[str, Any]) -> None:
    blueprint = Blueprint.model_validate(data)
    text = dump(blueprint)
    document = load(text)
    assert document.draft == blueprint, text
    assert canonicalise(text) == text
