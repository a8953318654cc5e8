"""Breaches made by hand in generated projects: each edits the code as a careless person might.

An edit of code changes files of the project; an edit of the database gives, from the text of the
project's first migration, the statements of a careless next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Code = Callable[[Path], None]
Database = Callable[[str], str]
EXAMPLES = Path(__file__).parents[2] / "docs/examples"
INITIAL = "migrations/0002_initial.up.sql"


@dataclass(frozen=True)
class Breach:
    """What is broken where; one of the checks whose ids match `caught_by` must fail."""

    example: str
    kind: str
    name: str
    caught_by: str
    code: Code | None = None
    database: Database | None = None
    standard: bool = False

    @property
    def id(self) -> str:
        """The test's id."""
        return f"{self.example}-{self.kind}-{self.name}"


def both(*edits: Code) -> Code:
    """Several edits that make one breach together."""

    def edit(project: Path) -> None:
        for one in edits:
            one(project)

    return edit


def substituted(file: str, pattern: str, replacement: str, *, times: int = 1) -> Code:
    """An edit that replaces what a regular expression finds, which must be there so often."""

    def edit(project: Path) -> None:
        path = project / file
        text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        assert count == times, f"{file} has {count} times {pattern!r}: the breach is out of date"
        path.write_text(text)

    return edit


def replaced(file: str, old: str, new: str) -> Code:
    """An edit that replaces a text in a file of the project, wherever it stands."""

    def edit(project: Path) -> None:
        path = project / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}: the breach is out of date"
        path.write_text(text.replace(old, new))

    return edit


def condition(table: str, name: str, sql: str = "true") -> Code:
    """An edit that makes one access condition of an entity hold always."""
    written = r'(?:f?"""[^"]*"""|f?"[^"]*"|\w+(?:\.\w+)?)'
    return substituted(f"app/{table}/access.py", f"^{name} = {written}", f'{name} = "{sql}"')


def unfiltered(table: str, statement: str) -> Code:
    """An edit that lets one statement of an entity find and allow everybody's rows."""

    def edit(project: Path) -> None:
        path = project / f"app/{table}/repository.py"
        before, found, after = path.read_text().partition(f"\n{statement} = ")
        assert found, f"app/{table}/repository.py has no {statement}: the breach is out of date"
        sql, end, rest = after.partition('\n"""')
        changed = re.sub(r"\{access\.(READABLE|UPDATABLE|DELETABLE)\}", "true", sql)
        assert changed != sql, f"{statement} asks for nothing: the breach is out of date"
        path.write_text(before + found + changed + end + rest)

    return edit


def everybody(table: str, name: str, role: str) -> Code:
    """An edit that lets everybody through where a role is asked for in an access condition."""

    def edit(project: Path) -> None:
        path = project / f"app/{table}/access.py"
        before, found, after = path.read_text().partition(f"\n{name} = ")
        assert found, f"app/{table}/access.py has no {name}: the breach is out of date"
        changed = after.replace(f"'{role}' = ANY(%(roles)s)", "true", 1)
        assert changed != after, f"{name} does not ask for {role}: the breach is out of date"
        path.write_text(before + found + changed)

    return edit


def anybody(table: str, handler: str) -> Code:
    """An edit that lets everybody who is signed in use a route that asks for a role."""

    def edit(project: Path) -> None:
        path = project / f"app/{table}/router.py"
        before, found, after = path.read_text().partition(f"async def {handler}(")
        assert found, f"app/{table}/router.py has no {handler}: the breach is out of date"
        body, end, rest = after.partition("\n@router")
        changed = re.sub(r"require_role\(actor, [^)]*\)", "require_signed_in(actor)", body)
        assert changed != body, f"{handler} does not ask for a role: the breach is out of date"
        path.write_text(before + found + changed + end + rest)

    return edit


def taken_from_body(table: str, column: str, own: str) -> Code:
    """An edit that takes a column from the body of a creation, and only else what it should be."""
    schemas, repository = f"app/{table}/schemas.py", f"app/{table}/repository.py"
    return both(
        substituted(schemas, rf'^(READ_ONLY = frozenset\([^)]*)"{column}",\s*', r"\1"),
        substituted(
            schemas,
            r"^(class \w+Create\(Input\):\n(?:.*\n)*?)(    read_only: .*\n)",
            rf"\1\2\n    {column}: UUID | None = None\n",
        ),
        substituted(
            repository,
            rf'^(    row: dict.* = \{{\s*"{column}": ){re.escape(own)}',
            rf"\1new.{column} or {own}",
        ),
    )


def dropped(table: str, constraint: str) -> Database:
    """An edit that forgets a constraint."""
    return lambda _: f"ALTER TABLE {table} DROP CONSTRAINT {constraint};"


def without_trigger(table: str, trigger: str) -> Database:
    """An edit that forgets a trigger."""
    return lambda _: f"DROP TRIGGER {trigger} ON {table};"


def read_then_write(table: str, constraint: str, taken: str) -> Database:
    """An edit that looks for a conflicting row before it writes, instead of a constraint.

    `taken` is a condition on a row `other` and the row NEW. Alone this works; together it races.
    """
    statements = f"""ALTER TABLE {table} DROP CONSTRAINT {constraint};
CREATE FUNCTION looked_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM {table} AS other WHERE other.id <> NEW.id AND {taken}) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{constraint}', MESSAGE = 'taken';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER looked_first BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION looked_first();"""
    return lambda _: statements


def unlocked(function: str) -> Database:
    """An edit that takes the lock out of a rule's trigger function."""
    return _changed_function(function, r"\n    PERFORM FROM [^;]*FOR NO KEY UPDATE;", "")


def read_before(function: str, table: str, column: str) -> Database:
    """An edit that adds to what a column was when it was read, not to what it has become."""
    return _changed_function(
        function,
        rf"{column} = {table}\.{column} ([+-])",
        rf"{column} = (SELECT seen.{column} FROM {table} AS seen WHERE seen.id = {table}.id) \1",
    )


def _changed_function(function: str, pattern: str, replacement: str) -> Database:
    """Statements that define a function anew, with something in it replaced."""

    def edit(migration: str) -> str:
        name = f"CREATE OR REPLACE FUNCTION {function}()"
        found = re.search(rf"{re.escape(name)}.*?\n\$\$;", migration, re.DOTALL)
        assert found, f"there is no function {function}: the breach is out of date"
        changed, count = re.subn(pattern, replacement, found[0])
        assert count, f"{function} has no {pattern!r}: the breach is out of date"
        return changed

    return edit


def statements(*edits: Database) -> Database:
    """Several edits that make one breach together."""
    return lambda migration: "\n".join(edit(migration) for edit in edits)
