"""The Blueprint: its typed model, its YAML form, its problems, and its resolved form.

`load` or `load_file` read a text, `resolve` takes a model that was made in code; both end in the
`Application` that emitters and the verifier are given. `dump` and `canonicalise` write.
"""

from local_engine.generator.blueprint.canonical import canonicalise, dump
from local_engine.generator.blueprint.differences import Change, Difference, differences
from local_engine.generator.blueprint.document import (
    Document,
    load,
    load_file,
    problems_of,
    resolve,
)
from local_engine.generator.blueprint.explanation import explain
from local_engine.generator.blueprint.model import Blueprint
from local_engine.generator.blueprint.problems import BlueprintErrors, Problem, Severity
from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.blueprint.schema import blueprint_json_schema

__all__ = [
    "Application",
    "Blueprint",
    "BlueprintErrors",
    "Change",
    "Difference",
    "Document",
    "Problem",
    "Severity",
    "blueprint_json_schema",
    "canonicalise",
    "differences",
    "dump",
    "explain",
    "load",
    "load_file",
    "problems_of",
    "resolve",
]
