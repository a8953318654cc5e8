"""Where the files of an entity are in a project: what a rename of the entity moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.resources import Resources


@dataclass(frozen=True)
class Places:
    """The folder of an entity's modules, its test file, and the names that its code is made of.

    `names` are the entity in the singular, of a class, and in the plural, as they stand in code.
    """

    folder: str
    test: str
    names: tuple[str, str, str]


def entity_places(application: Application) -> Mapping[str, Places]:
    """The places of every entity that has files of its own, by its name."""
    return {
        resource.name: Places(
            folder=resource.package.replace(".", "/"),
            test=f"tests/test_{resource.package.rpartition('.')[2]}.py",
            names=(resource.singular, resource.name, resource.entity.table),
        )
        for resource in Resources(application).own
    }
