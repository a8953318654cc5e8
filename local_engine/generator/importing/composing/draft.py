"""The Blueprint while it is put together, and the two ends of it: plain data, and settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.blueprint import Blueprint
from local_engine.generator.importing.report import Account

USER = "User"


@dataclass
class EntityDraft:
    """One entity; `source` is what it comes from. Fields and relations are plain data."""

    name: str
    source: str
    plural: str | None = None
    description: str = ""
    owner: str | None = None
    part_of: str | None = None
    append_only: bool = False
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    access: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it stands in the Blueprint."""
        return f"entities.{self.name}"

    @property
    def members(self) -> set[str]:
        """The names that are taken, with the columns of relations."""
        return {*self.fields, *self.relations, *(f"{name}_id" for name in self.relations)}

    def plain(self) -> dict[str, Any]:
        """The entity as plain data."""
        said = {
            key: value
            for key in ("description", "plural", "append_only", "part_of", "owner")
            if (value := getattr(self, key))
        }
        for key in ("fields", "relations", "rules", "access"):
            if getattr(self, key):
                said[key] = getattr(self, key)
        return said


@dataclass
class Draft:
    """All entities, by name, and what is said of accounts."""

    name: str
    account: Account
    description: str = ""
    entities: dict[str, EntityDraft] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The Blueprint as plain data."""
        data: dict[str, Any] = {"blueprint": 1, "name": self.name}
        if self.description:
            data["description"] = self.description
        if self.accounts:
            data["accounts"] = self.accounts
        data["entities"] = {
            name: entity.plain()
            for name, entity in self.entities.items()
            if name != USER or entity.fields or entity.description
        }
        return data

    def blueprint(self) -> Blueprint:
        """The source model. Raises pydantic's ValidationError."""
        return Blueprint.model_validate(self.plain())
