"""A running PostgreSQL is read through its catalog: the same Blueprint as from its DDL."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from database_catalog import install_core
from repository_rules import ROOT
from structure import lost

from local_engine.generator.blueprint import load, load_file
from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.importing import Outcome, import_sql
from local_engine.projects.sources.errors import SourceError
from local_engine.projects.sources.postgres import has_password, read_postgres
from local_engine.runtime.postgres import Database

EXAMPLES = sorted(ROOT.glob("docs/examples/[0-9]*/blueprint.yaml"))
LOSSES = {"03-blog": ["Post.slug.default"], "12-project-tracker": ["Label.name.unique"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_are_found_in_a_running_database(database: Database, path: Path) -> None:
    application = load_file(path).application
    with psycopg.connect(database.url) as connection:
        install_core(connection)
        connection.execute(render(schema_of(application)).encode())
    imported = import_sql(read_postgres(database.url), name=application.name)
    found = load(imported.text).application
    assert sorted(lost(application, found)) == LOSSES.get(path.parent.name, [])


def test_everything_in_the_catalog_is_accounted_for(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("""
            CREATE SCHEMA app;
            CREATE TYPE app.mood AS ENUM ('good', 'bad');
            CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
            CREATE TABLE app.things (
                id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                "a;b" text NOT NULL DEFAULT 'x'';y', mood app.mood NOT NULL DEFAULT 'good',
                share percent, twice integer GENERATED ALWAYS AS (id * 2) STORED,
                half numeric GENERATED ALWAYS AS (sqrt(id)) STORED, CHECK (length("a;b") < 10)
            ) PARTITION BY RANGE (id);
            CREATE TABLE app.things_1 PARTITION OF app.things FOR VALUES FROM (1) TO (10);
            COMMENT ON TABLE app.things IS 'it''s; odd';
            CREATE VIEW seen AS SELECT 1 AS one;
            CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER touched BEFORE UPDATE ON app.things
                FOR EACH ROW EXECUTE FUNCTION touch();
            ALTER TABLE app.things ENABLE ROW LEVEL SECURITY;
            CREATE POLICY mine ON app.things USING (true);
        """)
    imported = import_sql(read_postgres(database.url))
    thing = imported.blueprint.entities["Thing"]
    assert {name: field.plain() for name, field in thing.fields.items()} == {
        "a_b": {"type": "string", "max": 9, "default": "x';y"},
        "mood": {"type": "enum", "values": ["good", "bad"], "default": "good"},
        "share": {"type": "integer", "optional": True, "min": 0, "max": 100},
    }
    assert thing.description == "it's; odd"
    left = " | ".join(note.source for note in imported.with_outcome(Outcome.LEFT_OUT))
    for part in ("seen", "touch", "touched", "mine", "things.half", "things.twice"):
        assert part in left


def test_nothing_can_be_written_and_no_row_is_read(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE t (id int PRIMARY KEY, secret text)")
        connection.execute("INSERT INTO t VALUES (1, 'hidden')")
    assert "hidden" not in read_postgres(database.url)


def test_a_wrong_password_is_refused_and_never_shown(database: Database) -> None:
    place = database.url.rsplit("@", 1)[1]
    with pytest.raises(SourceError) as refusal:
        read_postgres(f"postgresql://{database.role}@{place}", "wrong-secret")
    assert "PostgreSQL refuses" in refusal.value.message
    assert "wrong-secret" not in f"{refusal.value.message} {refusal.value.hint}"


def test_nobody_answers() -> None:
    with pytest.raises(SourceError, match="refuses"):
        read_postgres("postgresql://x@127.0.0.1:1/x")


def test_a_password_in_an_address_is_seen() -> None:
    assert has_password("postgresql://u:p@h/d")
    assert not has_password("postgresql://u@h/d")
    with pytest.raises(SourceError, match="address"):
        has_password("not an address")
