"""A whole project: every file of it, from the resolved Blueprint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from local_engine.generator.blueprint.resolved import Application, FieldType
from local_engine.generator.emit.fastapi.actions.events import EventEffects
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
from local_engine.generator.emit.fastapi.frame.seed import Seed
from local_engine.generator.emit.fastapi.frame.tests import ProjectTests
from local_engine.generator.emit.fastapi.further import Further
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.samples.demo import Demo
from local_engine.generator.emit.fastapi.samples.world import World
from local_engine.generator.emit.python import Module, Symbol
from local_engine.generator.emit.relational import called_by, schema_of
from local_engine.generator.emit.relational.migration import migration_between
from local_engine.generator.emit.tree import FileTree


def emit_project(application: Application, blueprint_text: str) -> FileTree:
    """The files of a project; the same Blueprint gives the same bytes."""
    files: dict[str, bytes | str] = {**fixed_files(), "blueprint.yaml": blueprint_text}
    resources = Resources(application)
    parts = [EntityPart(Plan(resources, resource)) for resource in resources.own]
    further = Further(resources)
    for module in _modules(application, parts, further):
        files[_path(module)] = module.text()
    world = World(resources)
    for module in (Seed(Demo(resources)).module(), *ProjectTests(world).modules()):
        files[_path(module)] = module.text()
    files.update(further.queue.files())
    routes = [(part.plan, part.router.handlers) for part in parts]
    files["README.md"] = readme(application, routes, further.handlers())
    files["pyproject.toml"] = pyproject(application)
    files[".env.example"] = environment_example(application)
    tree = FileTree(files)
    return FileTree({**tree, **_initial_migration(application, tree)})


def _initial_migration(application: Application, code: FileTree) -> dict[str, str]:
    """From the fixed tables to those that the Blueprint and the code need, and back."""
    schema = schema_of(_with_optional_files(application), called_by(code))
    migration = migration_between(None, schema)
    return {
        "migrations/0002_initial.up.sql": migration.up,
        "migrations/0002_initial.down.sql": migration.down,
    }


def _with_optional_files(application: Application) -> Application:
    """The application as its tables see it: every row begins without its files."""
    entities = {
        name: replace(
            entity,
            fields={
                field.name: replace(field, optional=True) if field.type is FieldType.FILE else field
                for field in entity.fields.values()
            },
        )
        for name, entity in application.entities.items()
    }
    return replace(application, entities=entities)


@dataclass(frozen=True)
class EntityPart:
    """The modules of one entity."""

    plan: Plan

    @cached_property
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
        events = EventEffects(self.plan)
        if events.needed:
            yield events.module()
        yield self.router.module()


def _modules(
    application: Application, parts: Sequence[EntityPart], further: Further
) -> Iterator[Module]:
    for part in parts:
        yield from part.modules()
    yield from further.modules()
    yield package_module(application)
    yield entry_module()
    yield project_module(application, seed=True, tasks=further.queue.needed)
    yield ProfileModule(application).module()
    yield rules_module(application)
    routers = [
        Symbol(part.router.module_name, "router", part.plan.resource.package.rpartition(".")[2])
        for part in parts
        if part.router.handlers
    ]
    routers += further.routers()
    yield main_module(application, routers, further.queue.background())


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _path(module: Module) -> str:
    """Where a module is in the project."""
    path = module.name.replace(".", "/")
    return f"{path}/__init__.py" if module.is_package else f"{path}.py"
