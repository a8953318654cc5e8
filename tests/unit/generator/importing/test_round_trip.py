"""What the emitter writes as SQL is read back: entities, fields and relations agree.

The tables cannot say everything: the losses are listed here, and there are no others.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from repository_rules import ROOT
from structure import lost

from local_engine.generator.blueprint import load, load_file
from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.importing import import_sql

EXAMPLES = ROOT / "docs/examples"
PATHS = sorted([*EXAMPLES.glob("[0-9]*/blueprint.yaml"), *EXAMPLES.glob("language/*.yaml")])
LOSSES = {
    "03-blog": ["Post.slug.default"],  # a slug of the title is made by code
    "12-project-tracker": ["Label.name.unique"],  # per tenant: a rule over both
    "clinics": ["Patient.insurance_no.unique"],
}


def name_of(path: Path) -> str:
    return path.stem if path.parent.name == "language" else path.parent.name


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_the_emitted_tables_are_read_back(path: Path) -> None:
    application = load_file(path).application
    imported = import_sql(render(schema_of(application)), name=application.name)
    found = load(imported.text).application
    assert sorted(lost(application, found)) == LOSSES.get(name_of(path), [])
    assert set(found.entities) == set(application.entities)
    assert load(imported.text).blueprint == imported.blueprint


def test_there_are_the_twelve_examples() -> None:
    assert len(PATHS) >= 12
