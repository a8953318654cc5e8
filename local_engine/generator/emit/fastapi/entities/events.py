"""What handlers do beside a write where the entity has effects of its own (its `effects.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.python import (
    NONE,
    Evaluate,
    Expression,
    If,
    Infix,
    Name,
    Operand,
    Statement,
    assign,
    attribute,
    await_,
    call,
    imported,
)
from local_engine.generator.emit.relational.names import column_of

_ACTIONS = ("create", "update", "delete")
_CONFLICTS = Evaluate(
    call(imported("app.core.errors", "violations_are_conflicts"), Name("request"))
)


@dataclass(frozen=True)
class Events:
    """The calls of the functions in `effects.py`; none where nothing follows from an action."""

    plan: Plan

    @property
    def watched(self) -> tuple[str, ...]:
        """The fields and relations whose change has effects."""
        names = (effect.on for effect in self.plan.entity.effects)
        return tuple(dict.fromkeys(name for name in names if name not in _ACTIONS))

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns that tell what a change has changed: those watched, and the version."""
        entity = self.plan.entity
        columns = tuple(column_of(entity, name) for name in self.watched)
        changes = any(effect.on == "update" for effect in entity.effects)
        return ("version", *columns) if changes else columns

    def concerned(self, action: str) -> bool:
        """Whether anything follows from an action."""
        if action in ("create", "update") and self.watched:
            return True
        return any(effect.on == action for effect in self.plan.entity.effects)

    def before(self, action: str) -> list[Statement]:
        """What is looked at before the write."""
        if action != "update" or not self.concerned(action):
            return []
        watched = call(self._function("watched"), "connection", self.plan.resource.key)
        return [assign("before", await_(watched))]

    def after_upsert(self, reload: Expression) -> list[Statement]:
        """What follows creation or, where a row was replaced, a change (`before` tells)."""
        created, changed = self._follow("create"), self._follow("update")
        if not created and not changed:
            return []
        if not changed:
            follow = If(Name("is_new"), created)
        elif not created:
            follow = If(Infix("is not", (Name("before"), NONE)), changed)
        else:
            follow = If(Infix("is", (Name("before"), NONE)), created, changed)
        return [_CONFLICTS, follow, assign("document", await_(reload))]

    def after(self, action: str, reload: Expression) -> list[Statement]:
        """What follows; the row is read again, since effects may change it."""
        if not self.concerned(action):
            return []
        return [*self.run(action), assign("document", await_(reload))]

    def run(self, action: str) -> list[Statement]:
        """What follows. A violated rule is a conflict from here on."""
        follow = self._follow(action)
        return [_CONFLICTS, *follow] if follow else []

    def _follow(self, action: str) -> tuple[Statement, ...]:
        if not self.concerned(action):
            return ()
        arguments: list[Operand] = [*self.plan.keys, self.plan.resource.key]
        if action == "update":
            arguments.append("before")
        follow = call(self._function(f"follow_{action}"), "connection", "actor", *arguments)
        return (Evaluate(await_(follow)),)

    def _function(self, name: str) -> Expression:
        return attribute(imported(self.plan.resource.package, "effects"), name)
