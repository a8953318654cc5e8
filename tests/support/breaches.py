"""Breaches made by hand in generated projects: each edits the code as a careless person might."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[Path], None]
INITIAL = "migrations/0002_initial.up.sql"


@dataclass(frozen=True)
class Breach:
    """What is broken where; one of the failing checks in these groups must match `caught_by`."""

    example: str
    name: str
    edit: Edit
    groups: tuple[str, ...]
    caught_by: str
    standard: bool = False

    @property
    def id(self) -> str:
        """The test's id."""
        return f"{self.example}-{self.name}"


def replaced(file: str, old: str, new: str) -> Edit:
    """An edit that replaces a text in a file of the project, wherever it stands."""

    def edit(project: Path) -> None:
        path = project / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}: the breach is out of date"
        path.write_text(text.replace(old, new))

    return edit


def condition(table: str, name: str, sql: str = "true") -> Edit:
    """An edit that makes one access condition of an entity hold always."""

    def edit(project: Path) -> None:
        path = project / f"app/{table}/access.py"
        text, count = re.subn(
            rf'^{name} = (?:f?"""[^"]*"""|f?"[^"]*"|\w+(?:\.\w+)?)',
            f'{name} = "{sql}"',
            path.read_text(),
            flags=re.MULTILINE,
        )
        assert count == 1, f"app/{table}/access.py has no {name}: the breach is out of date"
        path.write_text(text)

    return edit


def unfiltered(table: str, statement: str) -> Edit:
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


def everybody(table: str, name: str, role: str) -> Edit:
    """An edit that lets everybody through where a role is asked for in an access condition."""

    def edit(project: Path) -> None:
        path = project / f"app/{table}/access.py"
        before, found, after = path.read_text().partition(f"\n{name} = ")
        assert found, f"app/{table}/access.py has no {name}: the breach is out of date"
        changed = after.replace(f"'{role}' = ANY(%(roles)s)", "true", 1)
        assert changed != after, f"{name} does not ask for {role}: the breach is out of date"
        path.write_text(before + found + changed)

    return edit


def migration(sql: str) -> Edit:
    """An edit that adds statements to the end of the first migration."""

    def edit(project: Path) -> None:
        path = project / INITIAL
        path.write_text(f"{path.read_text()}\n{sql}\n")

    return edit


def dropped(table: str, constraint: str) -> Edit:
    """An edit that forgets a constraint."""
    return migration(f"ALTER TABLE {table} DROP CONSTRAINT {constraint};")


def without_trigger(table: str, trigger: str) -> Edit:
    """An edit that forgets a trigger."""
    return migration(f"DROP TRIGGER {trigger} ON {table};")


def read_then_write(table: str, constraint: str, taken: str) -> Edit:
    """An edit that looks for a conflicting row before it writes, instead of a constraint.

    `taken` is a condition on a row `other` and the row NEW. Alone this works; together it races.
    """
    return migration(
        f"""ALTER TABLE {table} DROP CONSTRAINT {constraint};
CREATE FUNCTION looked_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM {table} AS other WHERE other.id <> NEW.id AND {taken}) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{constraint}', MESSAGE = 'taken';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER looked_first BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION looked_first();"""
    )


def unlocked(function: str) -> Edit:
    """An edit that takes the lock out of a rule's trigger function."""

    def edit(project: Path) -> None:
        path = project / INITIAL
        head, found, body = path.read_text().partition(f"FUNCTION {function}()")
        assert found, f"there is no function {function}: the breach is out of date"
        changed, count = re.subn(r"\n    PERFORM FROM [^;]*FOR NO KEY UPDATE;", "", body, count=1)
        assert count == 1, f"{function} takes no lock: the breach is out of date"
        path.write_text(head + found + changed)

    return edit
