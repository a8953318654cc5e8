"""Plans how rows come about: who creates them, with what, and what has to be there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    USER,
    Access,
    Application,
    Entity,
    Field,
    FieldType,
)
from local_engine.verification.actors import Actor
from local_engine.verification.model import journeys, memberships
from local_engine.verification.model.access import Judge, Subject
from local_engine.verification.model.attempts import Attempt, Slot, row_slots
from local_engine.verification.model.candidates import Candidates
from local_engine.verification.model.cast import Cast
from local_engine.verification.model.likelihood import is_usual, possible
from local_engine.verification.model.model import Model
from local_engine.verification.model.operating import make_by_operation
from local_engine.verification.model.paths import collection_path
from local_engine.verification.model.places import effective_access
from local_engine.verification.model.relevance import Relevance, of_access
from local_engine.verification.model.search import BUDGET, Experience, Search
from local_engine.verification.model.sketch import Sketch
from local_engine.verification.model.store import Row
from local_engine.verification.model.values import Invalid
from local_engine.verification.world import CannotMake

DEEPEST = 7


class Maker:
    """Adds to a plan (`sketch`) what is needed for a row, a state or a membership."""

    def __init__(
        self,
        model: Model,
        cast: Cast,
        candidates: Candidates,
        relevance: Relevance,
        home: str | None = None,
        experience: Experience | None = None,
    ) -> None:
        """`experience` is kept from plan to plan, if given: what has helped is tried first."""
        self.sketch = Sketch(model, home)
        self.experience: Experience = {} if experience is None else experience
        self.application: Application = model.application
        self.cast = cast
        self.candidates = candidates
        self.relevance = relevance
        self._depth = 0

    # -- who ---------------------------------------------------------------------------------

    def judge(self, actor: Actor) -> Judge:
        """Decides about access for an actor, as planned so far."""
        return Judge(self.sketch.model.view, Subject(actor.id, actor.roles))

    def actors(self, access: Access, first: Actor | None = None) -> Iterator[Actor]:
        """Accounts that the access may admit; `first` goes first."""
        everybody = [*([first] if first else []), *self.cast.everybody()]
        for actor in dict.fromkeys(everybody):
            if any(possible(access, self.judge(actor), actor)):
                yield actor

    def _creators(
        self, access: Access, actor: Actor | None, only: bool, tenant: str | None
    ) -> Iterator[Actor]:
        """Accounts that may be able to create a row (in a tenant)."""
        tenancy = self.application.tenancy
        place = self.sketch.model.store.find(tenancy.tenant, tenant) if tenancy else None
        for one in [actor] if only and actor else self.actors(access, actor):
            if any(possible(access, self.judge(one), one, place)):
                yield one

    def another(self, actor: Actor) -> Actor:
        """An account with the same roles, and otherwise somebody else."""
        alike = (one for one in self.cast.everybody() if one.roles == actor.roles)
        return next((one for one in alike if one.id != actor.id), actor)

    def able(self, row: Row, action: str) -> Iterator[Actor]:
        """Accounts that may do an action to a row."""
        return (actor for actor in self.cast.everybody() if self.judge(actor).may(action, row))

    # -- values ------------------------------------------------------------------------------

    def value(self, attempt: Attempt, slot: Slot) -> Any:
        """A new value for a slot; raises Invalid where none was found."""
        if slot.declared is not None:
            return self.candidates.bold(attempt.about, slot.declared)
        if slot.columns:
            return [
                {column.key: self._column(attempt, column) for column in slot.columns}
                for _ in range(slot.minimum)
            ]
        return attempt.body.get(slot.key)

    def _column(self, attempt: Attempt, column: Slot) -> Any:
        if column.declared is not None:
            return self.candidates.value(attempt.about, column.declared)
        return self.reference(column, attempt.actor, {})

    def values_for(self, entity: str, declared: Field, present: Any = None) -> list[Any]:
        """Some values that a field may be changed to; some are near to the `present` one."""
        if declared.type is FieldType.ENUM:
            return list(declared.values)
        if declared.type is FieldType.BOOLEAN:
            return [True, False]
        found: list[Any] = [None] if declared.optional else []
        found += self.candidates.telling(declared, present)
        for _ in range(4):
            try:
                found.append(self.candidates.value(entity, declared))
            except Invalid:
                break
        return found

    # -- rows --------------------------------------------------------------------------------

    def try_make(
        self,
        entity: str,
        values: Mapping[str, Any],
        actor: Actor | None = None,
        condition: Expression | None = None,
    ) -> bool:
        """Whether a row could be planned."""
        try:
            self.make(entity, values, actor, condition)
        except CannotMake:
            return False
        return True

    def make(
        self,
        entity: str,
        values: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
        condition: Expression | None = None,
        *,
        only: bool = False,
        depth: int | None = None,
    ) -> Row:
        """Plan a row for which the condition holds; `actor` creates it if able.

        With `only` nobody else does; `depth` says how many circumstances may be changed for it.
        Raises CannotMake.
        """
        declared = self.application.entities[entity]
        reason = f"nobody may create {entity}"
        for _ in range(6 if condition else 1):
            mark = self.sketch.mark()
            try:
                row = self._make(declared, values or {}, actor, only, depth)
            except CannotMake as error:
                self.sketch.back_to(mark)
                raise CannotMake(str(error)) from None
            if condition is None or journeys.settle(self, row, condition):
                return self.sketch.row(entity, row.id)
            reason = f"no {entity} for which {condition.text}"
            self.sketch.back_to(mark)
        raise CannotMake(reason)

    def _make(
        self,
        entity: Entity,
        values: Mapping[str, Any],
        actor: Actor | None,
        only: bool,
        depth: int | None,
    ) -> Row:
        if "create" not in entity.actions:
            return make_by_operation(self, entity, values, actor)
        attempt = self.prepare(entity.name, values, actor, only=only, depth=depth)
        exchange = self.sketch.send(attempt.request())
        return self.sketch.row(entity.name, exchange.json["id"])

    def prepare(
        self,
        entity: str,
        values: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
        *,
        only: bool = False,
        search: Search | None = None,
        depth: int | None = None,
    ) -> Attempt:
        """Plan all that a POST of such a row needs, and give the POST. Raises CannotMake."""
        declared = self.application.entities[entity]
        if "create" not in declared.actions:
            raise CannotMake(f"nobody may create {entity} by a plain POST")
        if self._depth >= DEEPEST:
            raise CannotMake(f"{entity} needs too many other rows")
        self._depth += 1
        try:
            return self._prepare(declared, dict(values or {}), actor, only, search, depth)
        finally:
            self._depth -= 1

    def _prepare(
        self,
        entity: Entity,
        values: dict[str, Any],
        actor: Actor | None,
        only: bool,
        search: Search | None,
        depth: int | None,
    ) -> Attempt:
        access = effective_access(self.judge(self.cast["anonymous"]), entity, "create")
        reason = f"no actor may create {entity.name}"
        tenancy, tenant = self.application.tenancy, self._tenant_id(entity, values)
        if tenancy and tenant:
            values = {tenancy.relation: tenant, **values}
        if depth is None:
            depth = 2 if self._depth < 3 else 1
        for one in self._creators(access, actor, only, tenant):
            mark = self.sketch.mark()
            try:
                attempt = self._attempt(entity, values, one)
            except CannotMake as error:
                reason = str(error)
                self.sketch.back_to(mark)
                continue
            if search is None:
                budget = BUDGET if self._depth == 1 else BUDGET // 3
                search = Search(self, extra=of_access(access), steady=only, left=budget)
            found = search.find(attempt, depth)
            if found is not None:
                return found
            reason = f"{one.label} cannot create {entity.name}: " + str(
                self.sketch.decide(attempt.request())
            )
            self.sketch.back_to(mark)
        raise CannotMake(reason)

    def _attempt(self, entity: Entity, values: dict[str, Any], actor: Actor) -> Attempt:
        tenant = self._tenant_of(entity, values, actor)
        parent = self._parent(entity, values, actor)
        if tenant is None and parent is not None and self.application.tenancy:
            tenant = parent.values.get(self.application.tenancy.relation)
        path = collection_path(self.sketch.model.view, entity, tenant, parent)
        slots = row_slots(entity)
        body: dict[str, Any] = {}
        for slot in slots:
            if slot.name in values:
                body[slot.key] = values[slot.name]
            elif slot.entity and not slot.optional:
                body[slot.key] = self.reference(slot, actor, body, tenant)
            elif slot.declared is not None and is_usual(slot.declared):
                body[slot.key] = self._field_value(entity, slot.declared)
        fixed = frozenset(slot.key for slot in slots if slot.name in values)
        free = body.keys() - fixed
        body = self.candidates.fitted(entity.name, body, free)
        return Attempt("POST", path, actor, body, slots, fixed, entity.name, parent)

    def _field_value(self, entity: Entity, declared: Field) -> Any:
        try:
            return self.candidates.value(entity.name, declared)
        except Invalid as error:
            raise CannotMake(f"{entity.name}.{declared.name}: {error}") from None

    def _parent(self, entity: Entity, values: dict[str, Any], actor: Actor) -> Row | None:
        if entity.part_of is None:
            return None
        above = entity.to_one[entity.part_of].to
        if entity.part_of in values:
            found = self.sketch.model.store.find(above, values[entity.part_of])
            if found is None:
                raise CannotMake(f"there is no {above} {values[entity.part_of]}")
            return found
        try:
            return self.make(above, self._same_tenant(values), actor)
        except CannotMake:
            for row in self.able_rows(above, actor):
                return row
            raise

    def _same_tenant(self, values: Mapping[str, Any]) -> dict[str, Any]:
        tenancy = self.application.tenancy
        if tenancy is None or tenancy.relation not in values:
            return {}
        return {tenancy.relation: values[tenancy.relation]}

    def with_inputs(self, attempt: Attempt, values: Mapping[str, Any] | None = None) -> Attempt:
        """The attempt with its slots filled; `values` by name are fixed."""
        given = values or {}
        body: dict[str, Any] = {}
        for slot in attempt.slots:
            if slot.name in given:
                body[slot.key] = given[slot.name]
            elif slot.optional:
                continue
            elif slot.entity:
                body[slot.key] = self.reference(slot, attempt.actor, body, self.sketch.home)
            else:
                body[slot.key] = self.value(attempt, slot)
        fixed = frozenset(slot.key for slot in attempt.slots if slot.name in given)
        return replace(attempt, body=body, fixed=fixed, empty_body=not attempt.slots)

    def reference(
        self, slot: Slot, actor: Actor, body: Mapping[str, Any], tenant: str | None = None
    ) -> str:
        """The id of a row that a slot may name: a new one if it can be made."""
        if slot.entity == USER:
            return self._some_user(actor, tenant)
        tenancy = self.application.tenancy
        target = self.application.entities[slot.entity]
        values: dict[str, Any] = {}
        if tenancy and target.tenanted and tenant:
            values[tenancy.relation] = tenant
        if tenant and memberships.is_membership(self.application, slot.entity):
            found = memberships.find(self, tenant, slot.where)
            if found is not None:
                return found.id
        if slot.same and len(slot.same) == 1 and f"{slot.same[0]}_id" in body:
            values[slot.same[0]] = body[f"{slot.same[0]}_id"]
        try:
            return self.make(slot.entity, values, actor, slot.where).id
        except CannotMake:
            for row in self.able_rows(slot.entity, actor):
                return row.id
            raise

    def able_rows(self, entity: str, actor: Actor) -> Iterator[Row]:
        """Rows that are there already and that the actor may read, its own first."""
        judge, store = self.judge(actor), self.sketch.model.store
        rows = [row for row in store.rows(entity) if judge.readable(row)]
        yield from sorted(rows, key=lambda row: actor.id not in row.values.values())

    def _some_user(self, actor: Actor, tenant: str | None) -> str:
        if tenant is None or self.application.tenancy is None:
            return actor.id
        place = self.sketch.model.store.find(self.application.tenancy.tenant, tenant)
        for one in (actor, *self.cast.everybody()):
            if self.judge(one).in_tenant(place):
                return one.id
        return actor.id

    # -- circumstances -----------------------------------------------------------------------

    def join(self, actor: Actor, place: Row, role: str | None = None) -> bool:
        """Plan that the actor is a member of the place; False if impossible."""
        return memberships.join(self, actor, place, role)

    def change(self, row: Row, values: Mapping[str, Any]) -> bool:
        """Plan a PATCH by whoever may; False if nobody can."""
        return journeys.change(self, row, values)

    def transition(self, row: Row, name: str, depth: int = 2) -> bool:
        """Plan a transition by whoever may; False if impossible."""
        return journeys.transition(self, row, name, depth)

    # -- tenants -----------------------------------------------------------------------------

    def home_id(self) -> str | None:
        """The id of the home tenant, which is planned when it is needed first."""
        tenancy = self.application.tenancy
        if tenancy is None:
            return None
        if self.sketch.model.store.find(tenancy.tenant, self.sketch.home) is None:
            self.sketch.home = memberships.make_full_tenant(self, tenancy).id
        return self.sketch.home

    def _tenant_id(self, entity: Entity, values: Mapping[str, Any]) -> str | None:
        """The tenant that a new row is made in: the one that is said, its parent's, or home."""
        tenancy = self.application.tenancy
        if tenancy is None or not entity.tenanted:
            return None
        if tenancy.relation in values:
            return str(values[tenancy.relation])
        for name, value in values.items():
            other = self._referred(entity, name, value)
            if other is not None and tenancy.relation in other.values:
                return str(other.values[tenancy.relation])
        if memberships.is_membership(self.application, entity.name):
            # In the home tenant everybody is a member before long.
            return memberships.make_full_tenant(self, tenancy).id
        return self.home_id()

    def _referred(self, entity: Entity, name: str, value: Any) -> Row | None:
        """The row that a value of a relation names."""
        relation = entity.to_one.get(name)
        return self.sketch.model.store.find(relation.to, value) if relation else None

    def _tenant_of(self, entity: Entity, values: dict[str, Any], actor: Actor) -> str | None:
        tenancy, tenant = self.application.tenancy, self._tenant_id(entity, values)
        if tenancy is None or tenant is None:
            return None
        place = self.sketch.model.store.find(tenancy.tenant, tenant)
        if not self.judge(actor).in_tenant(place):
            raise CannotMake(f"{actor.label} is no member of the {tenancy.tenant}")
        return tenant
