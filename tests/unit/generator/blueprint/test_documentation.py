"""Every example of the documentation is a Blueprint without errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_engine.generator.blueprint import load

FILES = sorted(Path("docs/examples").glob("*/*.yaml"))
PAGE = Path("docs/blueprint.md")
NAMED = {"accounts": "{}", "entities": "", "name": ""}


def _snippets() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S)


def _completed(snippet: str) -> str:
    """A snippet of the page as a whole Blueprint: what surrounds it is filled in."""
    if re.match(r"(blueprint|name):", snippet):
        return snippet
    if re.match(r"accounts:", snippet):
        return f"name: Page\n{snippet}entities: {{Note: {{fields: {{title: string}}}}}}\n"
    if re.match(r"rules:", snippet):
        inner = "".join(f"    {line}\n" for line in snippet.splitlines())
        return _APPOINTMENT + inner
    inner = "".join(f"      {line}\n" for line in snippet.splitlines())
    return f"name: Page\nentities:\n  Thing:\n    fields:\n      title: string\n{inner}"


_APPOINTMENT = """\
name: Page
entities:
  Dentist: {fields: {name: string}}
  Patient: {fields: {name: string}}
  Appointment:
    fields: {starts_at: datetime, ends_at: datetime}
    relations: {dentist: {to: Dentist}, patient: {to: Patient}}
    states: {initial: booked, transitions: {cancel: {from: booked, to: cancelled, by: admin}}}
    access: {read: admin}
"""


@pytest.mark.parametrize("snippet", _snippets())
def test_a_snippet_of_the_reference(snippet: str) -> None:
    document = load(_completed(snippet))
    assert [str(found) for found in document.problems if found.severity == "error"] == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_an_example(path: Path) -> None:
    document = load(path.read_text())
    assert [str(found) for found in document.problems if found.severity == "error"] == []
    assert document.application.own_entities


def test_there_are_examples() -> None:
    assert len(FILES) >= 16


def test_every_section_of_the_reference_has_an_example() -> None:
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert len(sections) == 14
    assert [text.splitlines()[0] for text in sections if "```yaml" not in text] == []


def test_the_examples_of_the_reference_name_every_key() -> None:
    """Whatever a Blueprint may say stands in some example, not only in a table."""
    examples = "\n".join(_snippets())
    keys = set(re.findall(r"^\| `(\w+)[:`]", PAGE.read_text(), re.MULTILINE))
    assert len(keys) > 70
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", examples)) == []
