"""Writes that happen together: made in a copy of the store, held against the rules at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from local_engine.generator.blueprint.resolved import Application, Entity, OnDelete
from local_engine.verification.model.access import Judge, Subject
from local_engine.verification.model.outcome import Refused
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row, Store


@dataclass
class Transaction:
    """One request's writes.

    `before` is the store as it was, `view` reads the store as it is becoming. `touched` has the
    keys of all rows inserted or changed so far, `created` those inserted. `new_id` makes ids.
    """

    before: View
    view: View
    subject: Subject
    new_id: Callable[[], str]
    tenant: Row | None = None
    touched: dict[tuple[str, str], None] = field(default_factory=dict)
    created: set[tuple[str, str]] = field(default_factory=set)
    removed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def application(self) -> Application:
        """The Blueprint in force."""
        return self.view.application

    @property
    def store(self) -> Store:
        """The store that is being written."""
        return self.view.store

    @property
    def judge(self) -> Judge:
        """Who may what, as things are now."""
        return Judge(self.view, self.subject)

    def current(self, row: Row) -> Row:
        """The row as it is now."""
        return self.store.find(row.entity, row.id) or row

    def draft(self, entity: Entity, values: dict[str, Any]) -> Row:
        """A new row that is not inserted yet."""
        now = self.view.now
        number = self.store.next_number()
        return Row(entity.name, self.new_id(), values, now, now, number, known=False)

    def insert(self, row: Row) -> Row:
        """Insert a row."""
        self.store.put(row)
        self.touched[row.key] = None
        self.created.add(row.key)
        return row

    def change(self, row: Row, **values: Any) -> Row:
        """Give a row other values; what is equal anyway does not count as a change."""
        row = self.current(row)
        if all(row.values.get(name) == value for name, value in values.items()):
            return row
        changed = row.having(**values)
        self.store.put(changed)
        self.touched[row.key] = None
        return changed

    def renew(self, row: Row, **values: Any) -> None:
        """Give a row other values, and a new version even if they are equal to the old ones."""
        row = self.change(row, **values)
        newer = replace(row, version=row.version + 1, updated_at=self.view.now, etag=None)
        self.store.put(newer)
        self.touched[row.key] = None

    def delete(self, row: Row) -> None:
        """Delete a row with everything that goes with it; refuses if something is in the way."""
        doomed: dict[tuple[str, str], Row] = {}
        self._doom(self.current(row), doomed)
        for entity in self.application.entities.values():
            for relation in entity.to_one.values():
                for other in list(self.store.rows(entity.name)):
                    target = (relation.to, str(other.values.get(relation.name)))
                    if target not in doomed or other.key in doomed:
                        continue
                    if relation.on_delete is not OnDelete.SET_NULL:
                        raise Refused(409, why=f"{entity.name} is in the way")
                    self.change(other, **{relation.name: None})
        for each in doomed.values():
            self.store.remove(each)
            self.touched.pop(each.key, None)
            self.removed.add(each.key)

    def _doom(self, row: Row, doomed: dict[tuple[str, str], Row]) -> None:
        """Collect the row and all that are deleted with it."""
        if row.key in doomed:
            return
        doomed[row.key] = row
        for entity in self.application.entities.values():
            for relation in entity.to_one.values():
                if relation.to != row.entity or not _cascades(entity, relation.name, relation):
                    continue
                for other in list(self.store.rows(entity.name)):
                    if other.values.get(relation.name) == row.id:
                        self._doom(other, doomed)

    def finish(self) -> None:
        """Raise the versions of rows that show something else than before."""
        for key in self._possibly_changed():
            row = self.store.find(*key)
            old = self.before.store.find(*key)
            if row is None or old is None or row.version != old.version:
                continue
            if self._looks(self.view, row) != self._looks(self.before, old):
                newer = replace(row, version=row.version + 1, updated_at=self.view.now, etag=None)
                self.store.put(newer)

    def _possibly_changed(self) -> dict[tuple[str, str], None]:
        """The rows that were written, and those whose derived fields sum them up, in turn."""
        found = dict.fromkeys((*self.touched, *self.removed))
        waiting = list(found)
        while waiting:
            above = [key for key in self._summing_up(waiting.pop()) if key not in found]
            found.update(dict.fromkeys(above))
            waiting += above
        return found

    def _summing_up(self, key: tuple[str, str]) -> Iterator[tuple[str, str]]:
        """The rows with fields derived from this one, as it is or as it was."""
        row, old = self.store.find(*key), self.before.store.find(*key)
        for entity in self.application.entities.values():
            for declared in entity.fields.values():
                many = entity.to_many[declared.derived.many] if declared.derived else None
                if many is None or many.of != key[0]:
                    continue
                for one in (row, old):
                    if one is not None and one.values.get(many.inverse) is not None:
                        yield entity.name, one.values[many.inverse]

    def _looks(self, view: View, row: Row) -> list[object]:
        entity = self.application.entities[row.entity]
        state = [entity.states.field] if entity.states else []
        own = [row.values.get(name) for name in (*entity.to_one, *state)]
        return [*own, *(view.get(row, name) for name in entity.fields)]


def _cascades(entity: Entity, name: str, relation: Any) -> bool:
    return relation.on_delete is OnDelete.CASCADE or name == entity.part_of or relation.implicit
