"""Renamed states and roles: the rows and users that bear the old word get the new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.renames import Renames
from local_engine.generator.emit.relational.names import USER_TABLE, literal, quote


@dataclass(frozen=True)
class RenamedStates:
    """The states of a table that have another name; table and column under their new names."""

    table: str
    column: str
    words: Mapping[str, str]

    @property
    def value(self) -> str:
        """What the column holds afterwards."""
        name = quote(self.column)
        cases = " ".join(
            f"WHEN {literal(old)} THEN {literal(new)}" for old, new in self.words.items()
        )
        return f"CASE {name} {cases} ELSE {name} END"

    def statement(self) -> str:
        """Gives the rows their new states; what they show has changed, so their version rises."""
        old = ", ".join(map(literal, self.words))
        return (
            f"UPDATE {quote(self.table)} SET {quote(self.column)} = {self.value},\n"
            f"    version = version + 1\n"
            f"WHERE {quote(self.column)} IN ({old});"
        )

    def under_new_names(self, condition: str) -> str:
        """A condition over the old states, as it speaks of the new ones."""
        for old, new in self.words.items():
            condition = condition.replace(literal(old), literal(new))
        return condition


def renamed_states(change: TableChange, renames: Renames) -> RenamedStates | None:
    """The states of a table that stays which have another name; None where none has."""
    for (table, column), words in renames.states.items():
        if table == change.was.name:
            return RenamedStates(change.after.name, renames.column(table, column), words)
    return None


def rename_roles(renames: Renames) -> Iterator[str]:
    """Gives users the new name of a role that they have."""
    for old, new in renames.roles.items():
        yield (
            f"UPDATE {USER_TABLE} SET roles = array_replace(roles, {literal(old)}, {literal(new)})"
            f"\nWHERE {literal(old)} = ANY (roles);"
        )
