"""The relational half of the emitter: tables, rules and migrations for PostgreSQL 18."""

from local_engine.generator.emit.relational.build import schema_of
from local_engine.generator.emit.relational.functions import called_by, created_by
from local_engine.generator.emit.relational.render import render
from local_engine.generator.emit.relational.rules import RuleEntry, rules_of
from local_engine.generator.emit.relational.schema import Schema

__all__ = ["RuleEntry", "Schema", "called_by", "created_by", "render", "rules_of", "schema_of"]
