"""What happens to the triggers and functions of a table that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.emit.relational import statements as sql
from local_engine.generator.emit.relational.migration.changes import TableChange
from local_engine.generator.emit.relational.migration.guards import REMEDY, refuse_rows
from local_engine.generator.emit.relational.schema import Function, Trigger


@dataclass(frozen=True)
class RuleChange:
    """The triggers to drop and to create. With `anew` all of them are out of the way meanwhile."""

    change: TableChange
    anew: bool

    def _all_anew(self) -> bool:
        return self.anew or bool(self.change.disturbed)

    def _kept(self) -> set[Trigger]:
        if self._all_anew():
            return set()
        return set(self.change.was.triggers) & set(self.change.after.triggers)

    def drop_triggers(self) -> Iterator[str]:
        """Removes the triggers that change, or that would run while values move."""
        kept = self._kept()
        for trigger in self.change.was.triggers:
            if trigger not in kept:
                yield sql.drop_trigger(self.change.was.name, trigger)

    def dropped_functions(self) -> Iterator[Function]:
        """Functions that no trigger runs any more."""
        names = {function.name for function in self.change.after.functions}
        return (function for function in self.change.was.functions if function.name not in names)

    def create(self) -> Iterator[str]:
        """New and changed functions and triggers; old rows must keep new rules."""
        kept = self._kept()
        table = self.change.after
        for function in table.functions:
            if function not in self.change.was.functions:
                yield sql.create_function(function)
        for name, broken in self.audits():
            complaint = f"break the new rule {name}. {REMEDY}"
            yield refuse_rows(table.name, broken, complaint)
        created = [trigger for trigger in table.triggers if trigger not in kept]
        yield "\n".join(sql.create_trigger(table.name, trigger) for trigger in created)

    def audits(self) -> Iterator[tuple[str, str]]:
        """New and changed rules that triggers keep, and which rows break each."""
        before = {trigger.name: trigger.audit for trigger in self.change.before.triggers}
        kept = self._kept()
        for trigger in self.change.after.triggers:
            known = trigger in kept or before.get(trigger.name) == trigger.audit
            if trigger.audit is not None and not known:
                yield trigger.name, trigger.audit
