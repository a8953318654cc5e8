"""docs/import-export.md keeps its word: its example is what an import says, its formats exist."""

from __future__ import annotations

import re

from repository_rules import ROOT

from local_engine.generator.importing import import_sql
from local_engine.jobs.formats import FORMS

PAGE = (ROOT / "docs/import-export.md").read_text()


def fence(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_is_what_the_import_says() -> None:
    assert import_sql(fence("sql"), name="Invoices").text == fence("yaml")


def test_every_format_of_an_export_is_described() -> None:
    table = PAGE.partition("| `--as` |")[2]
    described = re.findall(
        r"`([a-z]+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))
    )
    assert sorted(described) == sorted(FORMS)
