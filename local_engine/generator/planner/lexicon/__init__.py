"""The domain lexicon: what words of prompts mean. Read once, when it is first needed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_OPTION = re.compile(r"(\w+)(?:=(`[^`]*`|\S+))?")
_PIECE = re.compile(r"(?<!\?P)<([A-Z]+)>")
_LANGUAGES = ("german", "french", "spanish", "italian", "portuguese", "dutch")
_LISTS = ("values", "accept")


@dataclass(frozen=True)
class Concept:
    """A noun that the lexicon knows; `facts` are its keys in nouns.toml."""

    key: str
    name: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Verb:
    """A verb: what kind of action it is, and the noun that names a row of it."""

    infinitive: str
    act: str
    noun: str = ""


@dataclass(frozen=True)
class FieldWord:
    """A noun that is a field: its name and its definition."""

    name: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Lexicon:
    """All tables, by the dictionary form of a word; words of a compound are joined by `_`."""

    concepts: dict[str, Concept]
    fields: dict[str, FieldWord]
    verbs: dict[str, Verb]
    products: dict[str, tuple[str, dict[str, Any]]]
    persons: dict[str, frozenset[str]]
    words: dict[str, frozenset[str]]
    states: dict[str, dict[str, Any]]
    unplaced: frozenset[str]
    """Verbs that are known to be verbs, and nothing more."""

    def is_person(self, word: str) -> bool:
        """Whether a noun in the singular means a person."""
        return any(word in group for group in self.persons.values())

    def is_empty(self, word: str) -> bool:
        """Whether a word says nothing by itself."""
        words = self.words
        return word in words["function"] or word in words["fillers"] or word in words["generic"]


def field_facts(text: str) -> dict[str, Any]:
    """`string max=200 search` as the keys of a field."""
    type_name, _, rest = text.strip().partition(" ")
    facts: dict[str, Any] = {"type": type_name}
    for key, value in _OPTION.findall(rest):
        facts[key] = _value(key, value)
    return facts


def named_field(text: str) -> tuple[str, dict[str, Any]]:
    """`title string max=200` as a name and the keys of a field."""
    name, _, rest = text.partition(" ")
    return name, field_facts(rest)


def _value(key: str, text: str) -> Any:
    if not text:
        return True
    if text.startswith("`"):
        return text[1:-1]
    if key in _LISTS:
        return text.split("|")
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return Decimal(text)
    return text


@cache
def lexicon() -> Lexicon:
    """The lexicon."""
    return Lexicon(
        _concepts(),
        _fields(),
        _verbs(),
        _products(),
        {key: frozenset(words) for key, words in _table("persons").items()},
        {key: frozenset(words) for key, words in _table("words").items()},
        _table("states")["states"],
        frozenset(_table("verbs")["unplaced"]),
    )


@cache
def phrase_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The kinds of rule phrases and what they look like, in order of precedence."""
    table = _table("phrases")
    pieces = {name: _joined(text) for name, text in table["pieces"].items()}

    def filled(pattern: str) -> str:
        while (found := _PIECE.search(pattern)) is not None:
            pattern = pattern.replace(found.group(), pieces[found.group(1)])
        return pattern

    return tuple(
        (entry["kind"], re.compile(rf"(?<![\w'-])(?:{filled(_joined(entry['pattern']))})(?![\w'])"))
        for entry in table["phrase"]
    )


def _joined(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def languages() -> tuple[str, ...]:
    """The languages whose commonest words are known, so that they can be told apart."""
    return _LANGUAGES


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _concepts() -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    for key, facts in _table("nouns").items():
        name = facts.get("name", key)
        if not facts.get("abstract"):
            found[key] = Concept(key, name, facts)
        for alias in facts.get("aliases", ()):
            found[alias] = Concept(key, alias if facts.get("keep_name") else name, facts)
    return found


def _fields() -> dict[str, FieldWord]:
    found = {}
    for word, text in _table("fields")["fields"].items():
        definition, _, name = text.partition(" | ")
        found[word] = FieldWord(name.strip() or word, field_facts(definition))
    return found


def _verbs() -> dict[str, Verb]:
    found: dict[str, Verb] = {}
    table = _table("verbs")
    del table["unplaced"]
    for verb, noun in table.pop("engage").items():
        found[verb] = Verb(verb, "engage", noun)
    for verb, state in table.pop("transition").items():
        found.setdefault(verb, Verb(verb, "transition", state))
    for act, verbs in table.items():
        for verb in verbs:
            found.setdefault(verb, Verb(verb, act))
    return found


def _products() -> dict[str, tuple[str, dict[str, Any]]]:
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for key, facts in _table("products").items():
        for word in (key, *facts.get("aliases", ())):
            found.setdefault(word, (key, facts))
    return found
