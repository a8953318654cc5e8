"""Imports follow from what code mentions, in ruff's order, and never collide."""

from __future__ import annotations

import subprocess
import sys

import pytest

from local_engine.generator.emit.python import (
    Function,
    Module,
    Name,
    Return,
    call,
    imported,
    parameter,
)


def _module() -> Module:
    module = Module("app.todos.router", "Routes.")
    used = [
        imported("app.core.access", "parse_id"),
        imported("app.core.access", "Actor"),
        imported("app.core.access", "LIMIT"),
        imported("app.todos", "repository"),
        imported("app.todos.schemas", "Todo"),
        imported("uuid", "UUID"),
        imported("fastapi", "APIRouter"),
        imported("collections.abc", "Mapping"),
        imported("app.tags", "repository", "tags"),
    ]
    for number, symbol in enumerate(used):
        module.assign(f"value_{number}", symbol)
    return module


def test_imports_stand_in_sections() -> None:
    source = _module().text()
    head = source.split("\n\nvalue_0")[0].split('"""\n\n', 1)[1]
    assert head == (
        "from collections.abc import Mapping\n"
        "from uuid import UUID\n"
        "\n"
        "from fastapi import APIRouter\n"
        "\n"
        "from app.core.access import LIMIT, Actor, parse_id\n"
        "from app.tags import repository as tags\n"
        "\n"
        "from . import repository\n"
        "from .schemas import Todo"
    )


def test_ruff_has_nothing_to_sort() -> None:
    configuration = 'lint.isort.known-first-party = ["app"]'
    command = ["ruff", "check", "--isolated", "--select", "I", "--config", configuration, "-"]
    source = _module().text()
    done = subprocess.run(
        [sys.executable, "-m", *command], input=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_definition_keeps_its_name_and_the_import_gets_another() -> None:
    module = Module("app.requests.router", "Routes.")
    request = imported("starlette.requests", "Request")
    body = (Return(call(request)),)
    module.define(Function("Request", (parameter("request", request),), Name("object"), body, "x"))
    source = module.text()
    assert "from starlette.requests import Request as Request_\n" in source
    assert "def Request(request: Request_) -> object:" in source


def test_two_imports_of_one_name() -> None:
    module = Module("app.requests.router", "Routes.")
    module.assign("first", imported("starlette.requests", "Request"))
    module.assign("second", imported("app.requests.schemas", "Request"))
    source = module.text()
    assert "second = Request_" in source
    assert "from .schemas import Request as Request_" in source


def test_nothing_is_defined_twice() -> None:
    module = Module("app.example", "Examples.")
    module.assign("name", Name("a"))
    module.assign("name", Name("b"))
    with pytest.raises(ValueError, match="twice"):
        module.text()
