"""Migrations: the SQL that leads from one schema to another, and back."""

from local_engine.generator.emit.relational.migration.between import (
    Migration,
    MigrationRefused,
    migration_between,
)
from local_engine.generator.emit.relational.migration.renames import Renames, renames_between

__all__ = ["Migration", "MigrationRefused", "Renames", "migration_between", "renames_between"]
