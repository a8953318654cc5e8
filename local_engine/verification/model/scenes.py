"""Scenes: a row with everybody who may stand in some relation to it, in a certain situation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.resolved import (
    Access,
    Application,
    Entity,
    UserAt,
)
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.model import journeys, memberships
from local_engine.verification.model.cast import PLAIN
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row
from local_engine.verification.world import CannotMake


@dataclass(frozen=True)
class Situation:
    """That a condition holds (or not) for the row, or for a row that `path` leads to from it."""

    condition: Expression
    holds: bool
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{'.'.join(self.path)}: " if self.path else ""
        return where + (self.condition.text if self.holds else f"not ({self.condition.text})")


@dataclass(frozen=True)
class Scene:
    """A row of `entity` and, by label, the actors who have to do with it.

    `creator` made it with `values` (names to ids); so more of its kind can be made.
    """

    entity: Entity
    row: str
    actors: dict[str, Actor]
    creator: Actor
    values: dict[str, Any] = field(default_factory=dict)
    situation: Situation | None = None


def situations(application: Application, entity: Entity) -> list[Situation | None]:
    """The situations in which access to a row may differ; None is a row as it was made."""
    found: list[Situation | None] = [None]
    for path, condition in dict.fromkeys(_conditions(application, entity, ())):
        found += [Situation(condition, True, path), Situation(condition, False, path)]
    return found


def _conditions(
    application: Application, entity: Entity, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Expression]]:
    for access in accesses(application, entity):
        for clause in access.clauses:
            if clause.condition is not None:
                yield path, clause.condition
    if entity.part_of:
        parent = application.entities[entity.to_one[entity.part_of].to]
        yield from _conditions(application, parent, (*path, entity.part_of))


def accesses(application: Application, entity: Entity) -> Iterator[Access]:
    """Everything that says who may do something to rows of an entity."""
    yield from entity.access.values()
    if entity.states:
        yield from (one.access for one in entity.states.transitions.values())
    for operation in application.operations.values():
        if operation.on == entity.name:
            yield operation.access
    for field_ in entity.fields.values():
        yield from (access for access in (field_.editable_by, field_.visible_to) if access)
    for relation in entity.to_one.values():
        yield from (access for access in (relation.editable_by, relation.visible_to) if access)


def plan_scene(maker: Maker, entity: Entity, situation: Situation | None = None) -> Scene:
    """Plan a row and the actors around it. Raises CannotMake."""
    setting = _Setting(maker, entity)
    creator, values = setting.prepare()
    row = _first(maker, entity, values, creator)
    made_by = _creator(maker, row) or creator or ANONYMOUS
    scene = Scene(entity, row.id, {}, made_by, values, situation)
    settle_scene(maker, scene)
    return replace(scene, actors=setting.actors_around(row))


def settle_scene(maker: Maker, scene: Scene) -> None:
    """Bring the row of a scene into its situation. Raises CannotMake."""
    situation = scene.situation
    if situation is None:
        return
    row = maker.sketch.row(scene.entity.name, scene.row)
    target = maker.sketch.model.view.follow(row, situation.path)
    if target is None or not journeys.settle(maker, target, situation.condition, situation.holds):
        raise CannotMake(f"no {scene.entity.name} with {situation}")


def renew(maker: Maker, scene: Scene) -> Scene:
    """Plan another row in the same scene. Raises CannotMake."""
    row = _first(maker, scene.entity, scene.values, scene.creator)
    newer = replace(scene, row=row.id)
    settle_scene(maker, newer)
    return newer


def _first(maker: Maker, entity: Entity, values: dict[str, Any], creator: Actor | None) -> Row:
    if creator is not None:
        mark = maker.sketch.mark()
        try:
            return maker.make(entity.name, values, creator, only=True)
        except CannotMake:
            maker.sketch.back_to(mark)
    mark = maker.sketch.mark()
    try:
        return maker.make(entity.name, values)
    except CannotMake:
        if not values:
            raise
        maker.sketch.back_to(mark)
    return maker.make(entity.name)


def _creator(maker: Maker, row: Row) -> Actor | None:
    """Who sent the request that made the row."""
    for step in reversed(maker.sketch.steps):
        answer = step.json
        if isinstance(answer, dict) and answer.get("id") == row.id:
            return step.request.actor
    return None


@dataclass
class _Setting:
    """What is around a row: its place or tenant with their members."""

    maker: Maker
    entity: Entity
    place: Row | None = None

    def prepare(self) -> tuple[Actor | None, dict[str, Any]]:
        """Plan the place, and say who is to make the row there, with which values."""
        tenancy = self.maker.application.tenancy
        if self.entity.place_path:
            return self._in_place(self.entity.place_path)
        if tenancy and self.entity.tenanted:
            return self._in_tenant()
        if tenancy and self.entity.name == tenancy.tenant:
            return self.maker.cast[memberships.HOME_OWNER], {}
        return None, {}

    def _in_place(self, path: tuple[str, ...]) -> tuple[Actor | None, dict[str, Any]]:
        maker = self.maker
        entities = [self.entity]
        for name in path:
            entities.append(maker.application.entities[entities[-1].to_one[name].to])
        founder = maker.cast["third"]
        self.place = below = maker.make(entities[-1].name, {}, founder)
        for entity, name in zip(reversed(entities[1:-1]), reversed(path[1:]), strict=True):
            below = maker.make(entity.name, {name: below.id}, founder)
        values = {path[0]: below.id}
        self._enrol(self.place)
        members = entities[-1].members
        if members and members.through == self.entity.name:
            return maker.cast["user"], values
        if self.entity.owner:
            self._join_as_needed(maker.cast["user"], values)
        return maker.cast["user"], values

    def _join_as_needed(self, actor: Actor, values: dict[str, Any]) -> None:
        """Let the actor have the least role with which it can make the row."""
        assert self.place is not None
        maker = self.maker
        members = maker.application.entities[self.place.entity].members
        for role in (None, *(members.roles if members else ())):
            mark = maker.sketch.mark()
            if maker.join(actor, self.place, role):
                after = maker.sketch.mark()
                if maker.try_make(self.entity.name, values, actor):
                    maker.sketch.back_to(after)
                    return
            maker.sketch.back_to(mark)

    def _in_tenant(self) -> tuple[Actor | None, dict[str, Any]]:
        maker, tenancy = self.maker, self.maker.application.tenancy
        assert tenancy is not None
        self.place = self._tenant()
        values = {tenancy.relation: self.place.id}
        if self.entity.owner:
            actor = maker.cast["member"]
            self._join_as_needed(actor, values)
            return actor, values
        return None, values

    def _tenant(self) -> Row:
        """The home tenant; for memberships one of their own, as they would fill the home."""
        maker, tenancy = self.maker, self.maker.application.tenancy
        assert tenancy is not None
        members = maker.application.entities[tenancy.tenant].members
        if members is None or members.through != self.entity.name:
            return maker.sketch.row(tenancy.tenant, maker.home_id())
        return memberships.make_full_tenant(maker, tenancy)

    def _enrol(self, place: Row) -> None:
        """Make a member of each role."""
        members = self.maker.application.entities[place.entity].members
        if members is None:
            return
        self.maker.join(self.maker.cast["member"], place)
        for role in members.roles:
            self.maker.join(self.maker.cast[f"member:{role}"], place, role)

    def actors_around(self, row: Row) -> dict[str, Actor]:
        """Everybody by label; nobody stands there twice."""
        maker = self.maker
        row = maker.sketch.row(row.entity, row.id)
        if self.entity.members and not self.entity.place_path:
            self._enrol_own(row)
        found: dict[str, Actor] = {}
        for label, actor in self._candidates(row):
            if actor.id not in {one.id for one in found.values()}:
                found[label] = replace(actor, label=label)
        return found

    def _enrol_own(self, row: Row) -> None:
        self.place = row
        self._enrol(row)

    def _candidates(self, row: Row) -> Iterator[tuple[str, Actor]]:
        maker, view = self.maker, self.maker.sketch.model.view
        yield "anonymous", ANONYMOUS
        owner = view.follow(row, self.entity.owner_path) if self.entity.owner_path else None
        if owner is not None:
            yield "owner", maker.cast.named(owner.id)
        for clause in user_clauses(maker.application, self.entity):
            user = view.follow(row, clause.path)
            if user is not None:
                yield clause.written, maker.cast.named(user.id)
        yield from self._members(view)
        for role in maker.application.accounts.roles:
            yield role, maker.cast[role]
        yield "admin", maker.cast["admin"]
        yield from self._others(owner)

    def _members(self, view: View) -> Iterator[tuple[str, Actor]]:
        maker, place = self.maker, self.place
        if place is None:
            return
        entity = maker.application.entities[place.entity]
        place_owner = view.get(place, entity.owner) if entity.owner else None
        if place_owner is not None:
            yield "place-owner", maker.cast.named(place_owner.id)
        for role in entity.members.roles if entity.members else ():
            actor = maker.cast[f"member:{role}"]
            if maker.judge(actor).is_member(place.entity, place, role):
                yield f"member:{role}", actor
        member = maker.cast["member"]
        if maker.judge(member).is_member(place.entity, place):
            yield "member", member

    def _others(self, owner: Row | None) -> Iterator[tuple[str, Actor]]:
        """People who have nothing to do with the row."""
        maker = self.maker
        tenancy = maker.application.tenancy
        if tenancy and (self.entity.tenanted or self.entity.name == tenancy.tenant):
            memberships.make_foreign(maker, tenancy)
            yield "other-tenant", maker.cast[memberships.FOREIGN_OWNER]
        involved = set() if owner is None else {owner.id}
        if owner is not None:
            roles = sorted(maker.cast.named(owner.id).roles)
            for actor in maker.cast.everybody():
                alike = sorted(actor.roles) == roles and actor.id not in involved
                if alike and self._uninvolved(actor):
                    yield "other", actor
        for kind in PLAIN:
            if self._uninvolved(maker.cast[kind]):
                yield "stranger", maker.cast[kind]

    def _uninvolved(self, actor: Actor) -> bool:
        place = self.place
        return place is None or not self.maker.judge(actor).is_member(place.entity, place)


def user_clauses(application: Application, entity: Entity) -> Iterable[UserAt]:
    """The users that access to rows of an entity speaks of, by their paths."""
    found: dict[tuple[str, ...], UserAt] = {}
    for access in accesses(application, entity):
        for clause in access.clauses:
            if isinstance(clause.actor, UserAt):
                found.setdefault(clause.actor.path, clause.actor)
    return found.values()
