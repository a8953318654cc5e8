"""Extension points: typed functions in `app/extensions` whose bodies a person writes."""

from __future__ import annotations

from local_engine.generator.blueprint.resolved import Job
from local_engine.generator.emit.fastapi.entities.functions import ACTOR, CONNECTION, UUID
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.python import (
    NONE,
    Expression,
    Function,
    Module,
    Parameter,
    Raise,
    call,
    const,
    imported,
    parameter,
)

PACKAGE = "app.extensions"


def operation_extension(
    name: str, words: str, place: tuple[str, ...], given: Expression | None
) -> Module:
    """The extension point of an operation; `place` are the ids that its path gives."""
    body = parameter("given", given) if given is not None else None
    parameters: tuple[Parameter, ...] = (
        CONNECTION,
        ACTOR,
        *(parameter(variable, UUID) for variable in place),
        *([body] if body is not None else []),
    )
    missing = call(
        imported("app.core.problem", "Problem"),
        const(501),
        const("not-implemented"),
        const(f"{words.capitalize()} is not there yet."),
    )
    told = (
        f"{words.capitalize()}, in the transaction of the request.\n\n"
        "Access, input and requirements have been checked. Raise a `Problem` to refuse: everything "
        "is\nrolled back then."
    )
    return _module(name, words, parameters, missing, told)


def job_extension(job: Job, row: Resource | None) -> Module:
    """The extension point of a job; it is run for each row if the job is about rows."""
    words = job.name.replace("_", " ")
    key = () if row is None else (parameter("key", UUID),)
    missing = call("NotImplementedError", const(f"{words} is not there yet"))
    about = f" for one {row.words}, which is locked" if row is not None else ""
    told = f"{words.capitalize()}{about}, in a transaction of its own."
    return _module(job.name, words, (CONNECTION, *key), missing, told, f"{job.name}_job")


def _module(
    name: str,
    words: str,
    parameters: tuple[Parameter, ...],
    missing: Expression,
    told: str,
    module_name: str = "",
) -> Module:
    module = Module(
        f"{PACKAGE}.{module_name or name}",
        f"What “{words}” does. This file is yours: it is written once, and kept.",
    )
    module.define(Function(name, parameters, NONE, (Raise(missing),), told, is_async=True))
    return module


def package_module() -> Module:
    """`app/extensions/__init__.py`."""
    return Module(PACKAGE, "What is written by hand.", is_package=True)
