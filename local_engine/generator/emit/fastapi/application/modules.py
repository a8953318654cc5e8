"""The small modules that hold a project together: `__init__`, `__main__`, `main`, `project`."""

from __future__ import annotations

from collections.abc import Sequence as Many

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.fastapi.application.rules import sentence
from local_engine.generator.emit.python import (
    NONE,
    Attribute,
    Expression,
    Function,
    If,
    Infix,
    Module,
    Name,
    Raise,
    Return,
    Sequence,
    Symbol,
    attribute,
    call,
    const,
    imported,
    parameter,
    union,
)
from local_engine.generator.emit.python.expressions import Import, Prefixed

PROJECT = "app.project"


def package_module(application: Application) -> Module:
    """`app/__init__.py`."""
    about = application.description.strip().split("\n")[0] or "the service"
    return Module("app", sentence(f"{application.name}: {about}"), is_package=True)


def entry_module() -> Module:
    """`app/__main__.py`."""
    module = Module(
        "app.__main__", "`python -m app COMMAND`: migrate, serve, worker, users, seed, openapi."
    )
    run = call(imported("app.core.command", "run"), imported(PROJECT, "PROJECT"))
    test = Infix("==", (Name("__name__"), const("__main__")))
    module.add([If(test, (Raise(call("SystemExit", run)),))])
    return module


def project_module(application: Application, *, seed: bool, tasks: bool) -> Module:
    """`app/project.py`."""
    module = Module(
        PROJECT,
        "What the command line needs to know of this project; modules are named, not imported.",
    )
    here = call(imported("pathlib", "Path"), "__file__")
    folder = attribute(call(Attribute(here, "resolve")), "parent", "parent")
    options: dict[str, Expression] = {
        "name": const(application.name),
        "application": const("app.main:create_app"),
        "migrations": Infix("/", (folder, const("migrations"))),
        "profile": const("app.profile:PROFILE"),
    }
    if seed:
        options["seed"] = const("app.seed:seed")
    if tasks:
        options["tasks"] = const("app.tasks:TASKS")
    module.assign("PROJECT", call(imported("app.core.project", "Project"), **options))
    return module


def main_module(
    application: Application, routers: Many[Symbol], background: Expression | None = None
) -> Module:
    """`app/main.py`; `routers` are the routers of the entities and of other parts.

    `background` is what runs beside the requests.
    """
    module = Module(
        "app.main",
        "The application: which routes there are, and the rules that the database keeps.",
    )
    settings = imported("app.core.settings", "Settings")
    accounts = call(
        imported("app.accounts.routers", "accounts_routers"), imported("app.profile", "PROFILE")
    )
    listed: list[Expression] = [Prefixed("*", accounts), *(Import(router) for router in routers)]
    options: dict[str, Expression] = {
        "settings": Infix(
            "or", (Name("settings"), call(imported("app.core.settings", "load_settings")))
        ),
        "rules": imported("app.rules", "RULES"),
        "migrations": attribute(imported(PROJECT, "PROJECT"), "migrations"),
        "routers": Sequence(tuple(listed)),
        **({} if background is None else {"background": background}),
        "title": const(application.name),
        "version": const("1"),
        "description": const(application.description),
    }
    module.define(
        Function(
            "create_app",
            (parameter("settings", union(settings, NONE), NONE),),
            imported("app.core.application", "Application"),
            (Return(call(imported("app.core.application", "Application"), **options)),),
            "The application with these settings; those of the environment if none are given.",
        )
    )
    return module
