"""A whole project: every file of it, from the resolved Blueprint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.actions.operations import (
    OperationPart,
    operation_parts,
)
from local_engine.generator.emit.fastapi.actions.operations import (
    package_module as operations_package,
)
from local_engine.generator.emit.fastapi.actions.transitions import TransitionRoutes, Transitions
from local_engine.generator.emit.fastapi.application.modules import (
    entry_module,
    main_module,
    package_module,
    project_module,
)
from local_engine.generator.emit.fastapi.application.profile import ProfileModule
from local_engine.generator.emit.fastapi.application.rules import rules_module
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.repository import Repository
from local_engine.generator.emit.fastapi.entities.router import Router
from local_engine.generator.emit.fastapi.entities.rules import EntityRules
from local_engine.generator.emit.fastapi.fixed_parts import fixed_files
from local_engine.generator.emit.fastapi.frame.packaging import environment_example, pyproject
from local_engine.generator.emit.fastapi.frame.readme import readme
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.python import Module, Symbol
from local_engine.generator.emit.relational import render, schema_of
from local_engine.generator.emit.tree import FileTree


def emit_project(application: Application, blueprint_text: str) -> FileTree:
    """The files of a project; the same Blueprint gives the same bytes."""
    files: dict[str, bytes | str] = {**fixed_files(), "blueprint.yaml": blueprint_text}
    resources = Resources(application)
    parts = [EntityPart(Plan(resources, resource)) for resource in resources.own]
    operations = list(operation_parts(resources))
    for module in _modules(application, parts, operations):
        files[_path(module)] = module.text()
    files["migrations/0002_initial.up.sql"] = render(schema_of(application))
    files["README.md"] = readme(
        application, [(part.plan, part.router.handlers()) for part in parts]
    )
    files["pyproject.toml"] = pyproject(application)
    files[".env.example"] = environment_example(application)
    return FileTree(files)


@dataclass(frozen=True)
class EntityPart:
    """The modules of one entity."""

    plan: Plan

    @property
    def router(self) -> Router:
        """The routes."""
        return Router(self.plan, tuple(TransitionRoutes(self.plan).handlers()))

    def modules(self) -> Iterator[Module]:
        """All of them."""
        resource = self.plan.resource
        yield Module(resource.package, _sentence(resource.plural_words), is_package=True)
        yield self.plan.access.module()
        yield self.plan.schemas.module()
        rules = EntityRules(self.plan)
        if rules.needed():
            yield rules.module()
        yield Repository(self.plan).module()
        transitions = Transitions(self.plan)
        if transitions.needed:
            yield transitions.module()
        yield self.router.module()


def _modules(
    application: Application, parts: Sequence[EntityPart], operations: Sequence[OperationPart]
) -> Iterator[Module]:
    for part in parts:
        yield from part.modules()
    if operations:
        yield operations_package()
    for operation in operations:
        yield operation.module()
    yield package_module(application)
    yield entry_module()
    yield project_module(application, seed=False, tasks=False)
    yield ProfileModule(application).module()
    yield rules_module(application)
    routers = [
        Symbol(part.router.module_name, "router", part.plan.resource.package.rpartition(".")[2])
        for part in parts
        if part.router.handlers()
    ]
    routers += [operation.router for operation in operations]
    yield main_module(application, routers)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _path(module: Module) -> str:
    """Where a module is in the project."""
    path = module.name.replace(".", "/")
    return f"{path}/__init__.py" if module.is_package else f"{path}.py"
