"""Migrations: the SQL that leads from one schema to another, and back."""

from local_engine.generator.emit.relational.migration.between import (
    Migration,
    MigrationRefused,
    migration_between,
)
from local_engine.generator.emit.relational.migration.renames import Renames, renames_between
from local_engine.generator.emit.relational.migration.risks import (
    Risk,
    RiskKind,
    risks_between,
    roles_gone,
)

__all__ = [
    "Migration",
    "MigrationRefused",
    "Renames",
    "Risk",
    "RiskKind",
    "migration_between",
    "renames_between",
    "risks_between",
    "roles_gone",
]
