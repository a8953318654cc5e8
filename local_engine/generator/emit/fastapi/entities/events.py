"""What handlers do beside a write where the entity has effects of its own (its `effects.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.python import (
    Evaluate,
    Expression,
    Operand,
    Statement,
    assign,
    attribute,
    await_,
    call,
    imported,
)

_ACTIONS = ("create", "update", "delete")


@dataclass(frozen=True)
class Events:
    """The calls of the functions in `effects.py`; none where nothing follows from an action."""

    plan: Plan

    @property
    def watched(self) -> tuple[str, ...]:
        """The fields and relations whose change has effects."""
        names = (effect.on for effect in self.plan.entity.effects)
        return tuple(dict.fromkeys(name for name in names if name not in _ACTIONS))

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

    def after(self, action: str, reload: Expression) -> list[Statement]:
        """What follows; the row is read again, since effects may change it."""
        if not self.concerned(action):
            return []
        return [*self.run(action), assign("document", await_(reload))]

    def run(self, action: str) -> list[Statement]:
        """What follows. A violated rule is a conflict from here on."""
        if not self.concerned(action):
            return []
        arguments: list[Operand] = [*self.plan.keys, self.plan.resource.key]
        if action == "update":
            arguments.append("before")
        conflicts = imported("app.core.errors", "violations_are_conflicts")
        follow = call(self._function(f"follow_{action}"), "connection", "actor", *arguments)
        return [Evaluate(call(conflicts, "request")), Evaluate(await_(follow))]

    def _function(self, name: str) -> Expression:
        return attribute(imported(self.plan.resource.package, "effects"), name)
