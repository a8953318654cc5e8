"""Which helper functions a project's SQL calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.blueprint.expressions.sql_functions import SQL_FUNCTIONS, SqlFunction
from local_engine.generator.emit import emit
from local_engine.generator.emit.relational import called_by, created_by

EXAMPLES = Path(__file__).parents[5] / "docs/examples"


def names(files: dict[str, bytes]) -> set[str]:
    return {function.name for function in called_by(files)}


def test_a_call_counts_in_sql_and_not_in_python() -> None:
    python = b'"""Rounds."""\n\nTOTAL = round_half_even(floor_divide(1, 2), 2)\n'
    assert names({"app/a.py": python}) == set()
    assert names({"app/a.py": b'SQL = f"""\n  SELECT {x}, divide_half_even({x}, 2)\n"""\n'}) == {
        "divide_half_even"
    }
    assert names({"README.md": b"divide_half_even(1, 2)"}) == set()


@pytest.mark.parametrize("function", SQL_FUNCTIONS, ids=lambda function: function.name)
def test_a_creation_is_known_again(function: SqlFunction) -> None:
    migration = function.definition.encode()
    assert created_by([b"SELECT 1;\n", b"CREATE TABLE a ();\n" + migration]) == {function}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_the_first_migration_creates_what_is_called_and_nothing_else(path: Path) -> None:
    tree = emit(load(path.read_text("utf-8")).application, "")
    created = {function.name for function in created_by([tree["migrations/0002_initial.up.sql"]])}
    sql = tree.text("migrations/0002_initial.up.sql")
    called = {
        function.name for function in SQL_FUNCTIONS if sql.count(f"{function.name}(") > 1
    } | names(dict(tree))
    assert created == called
