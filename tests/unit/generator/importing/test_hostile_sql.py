"""Hostile and odd DDL: refused in clear words, or imported safely; never a crash, never slow."""

from __future__ import annotations

import time

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.importing import Import, ImportRefused, Outcome, import_sql

REFUSED = [
    ("nothing", "", "no CREATE TABLE"),
    ("prose", "Please store my orders.", "no CREATE TABLE"),
    ("another language", "def f(): return 1", "no CREATE TABLE"),
    ("text without end", "CREATE TABLE a (b text DEFAULT 'x);", "has no end"),
    ("comment without end", "CREATE TABLE a (id int); /* x", "has no end"),
    ("only a view", "CREATE VIEW v AS SELECT 1;", "no CREATE TABLE"),
    ("too large", "-" * 64_000_001, "more than 64000000 characters"),
    ("only a tool's table", "CREATE TABLE alembic_version (v text);", "nothing in the source"),
]


@pytest.mark.parametrize(
    ("text", "words"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_it_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        import_sql(text)
    assert words in refusal.value.message


NAMES = [
    '"x\'); DROP TABLE users; --"',
    '"Robert""); DROP TABLE"',
    '"${jndi:ldap://x}"',
    '"../../etc/passwd"',
    '"{{7*7}}"',
    '"\u202egnp.exe"',
    '"日本語"',
    '"a\nb: [c"',
    '"class"',
    '"select"',
    '"None"',
    '"__init__"',
    '"' + "n" * 3000 + '"',
    '"1st"',
    '"user"',
    '"id "',
    '"created_at"',
    '"model_fields"',
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_becomes_a_safe_one(name: str) -> None:
    imported = import_sql(
        f"CREATE TABLE {name} (id int PRIMARY KEY, {name} text NOT NULL, b int CHECK (b > 1));"
    )
    _valid(imported)
    (entity,) = imported.blueprint.entities
    assert entity.isascii()
    assert entity.isalnum()
    assert len(entity) <= 40


@pytest.mark.parametrize(
    "word", ["from", "import", "true", "copy", "json", "version", "input", "row", "limit", "files"]
)
def test_a_reserved_word_is_renamed_and_said(word: str) -> None:
    text = f'CREATE TABLE "{word}" (id int PRIMARY KEY, "{word}" text NOT NULL);'
    imported = import_sql(text)
    _valid(imported)
    renamed = [field for entity in imported.blueprint.entities.values() for field in entity.fields]
    assert len(renamed) == 1
    if renamed != [word]:
        assert any(
            f"`{renamed[0]}`" in note.text for note in imported.with_outcome(Outcome.ASSUMED)
        )


def test_names_that_become_equal_stay_apart() -> None:
    imported = import_sql(
        """CREATE TABLE "Order" (id int PRIMARY KEY, "a-b" int, a_b int, "A_B" int);
        CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE app.orders (id int PRIMARY KEY);"""
    )
    _valid(imported)
    assert len(imported.blueprint.entities) == 3
    assert list(imported.blueprint.entities["Order"].fields) == ["a_b", "a_b_2", "a_b_3"]


def test_deep_nesting_is_left_out() -> None:
    deep = "(" * 3000 + "a > 1" + ")" * 3000
    imported = import_sql(f"CREATE TABLE t (id int PRIMARY KEY, a int, CHECK ({deep}));")
    _valid(imported)
    assert imported.with_outcome(Outcome.LEFT_OUT)


def test_circles_of_references_hold_together() -> None:
    imported = import_sql(
        """CREATE TABLE a (id int PRIMARY KEY, b_id int NOT NULL, a_id int NOT NULL);
        CREATE TABLE b (id int PRIMARY KEY, a_id int NOT NULL REFERENCES a ON DELETE CASCADE);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b ON DELETE CASCADE;
        ALTER TABLE a ADD FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE;"""
    )
    _valid(imported)


def test_control_characters_in_comments_go() -> None:
    imported = import_sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int);"
        "COMMENT ON COLUMN t.a IS 'x\x00\x1b[31my\u2028z';"
    )
    _valid(imported)
    assert imported.blueprint.entities["T"].fields["a"].description == "x [31my z"


def test_ten_megabytes_of_data_are_passed_over_quickly() -> None:
    row = "INSERT INTO t VALUES (1, '" + "x" * 1000 + "');\n"
    text = "CREATE TABLE t (id int PRIMARY KEY, a text);\n" + row * 10_000
    assert len(text) > 10_000_000
    started = time.process_time()
    imported = import_sql(text)
    assert time.process_time() - started < 5
    assert [note.source for note in imported.with_outcome(Outcome.LEFT_OUT)] == ["10000 × INSERT"]


@pytest.mark.full
def test_five_thousand_tables_are_too_many_for_one_blueprint() -> None:
    """They are read in a reasonable time; the limit is what a Blueprint may hold."""
    table = (
        "CREATE TABLE things_{0} (id int PRIMARY KEY, name text NOT NULL, kind varchar(20),"
        " size int CHECK (size > 0), price numeric(8,2), note text, made date);\n"
    )
    text = "".join(table.format(number) for number in range(5000))
    started = time.process_time()
    with pytest.raises(ImportRefused) as refusal:
        import_sql(text)
    assert "entities" in refusal.value.hint
    assert time.process_time() - started < 60  # about 14 s of an idle core


def _valid(imported: Import) -> None:
    assert load(imported.text).application.entities
