"""`router.py` of an entity: its handlers, in one module."""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.emit.fastapi.entities.attachment_routes import AttachmentRoutes
from local_engine.generator.emit.fastapi.entities.handlers import ActionRoutes
from local_engine.generator.emit.fastapi.entities.list_routes import ListRoutes
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import Handler
from local_engine.generator.emit.python import Module, call, const, imported, listing


@dataclass(frozen=True)
class Router:
    """Builds the module. `further` are handlers of other parts: transitions, item operations."""

    plan: Plan
    further: Many[Handler] = ()

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        return f"{self.plan.resource.package}.router"

    @cached_property
    def handlers(self) -> list[Handler]:
        """All handlers, in the order of the module."""
        parts = (ActionRoutes(self.plan), AttachmentRoutes(self.plan), ListRoutes(self.plan))
        return [*(handler for part in parts for handler in part.handlers()), *self.further]

    def module(self) -> Module:
        """The module."""
        plan = self.plan
        module = Module(self.module_name, f"The routes of {plan.resource.plural_words}.")
        router = call(
            imported("fastapi", "APIRouter"),
            prefix=const(plan.resource.collection),
            tags=listing(const(plan.resource.plural_words)),
        )
        module.assign("router", router)
        AttachmentRoutes(plan).add_limits(module)
        for handler in self.handlers:
            module.define(handler.function())
        return module
