"""What the code of a model may hold: one function, of what it needs; no file, no way out.

A fence, not a cage: whoever runs such code runs it apart, or after a person has said yes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_MODULES = frozenset(
    {"collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum", "functools"}
    | {"heapq", "itertools", "json", "math", "operator", "re", "statistics", "string", "textwrap"}
    | {"typing", "uuid", "zoneinfo", "bisect", "fractions", "hashlib", "__future__"}
)
_OURS = ("app.core.actor", "app.core.db", "app.core.problem", "app.operations.", "tests.world")
_CALLS = frozenset(
    {"open", "eval", "exec", "compile", "globals", "locals", "vars", "getattr", "setattr"}
    | {"delattr", "input", "breakpoint", "print", "memoryview", "help", "exit", "quit"}
)
# What reads files, other databases or what signs people in, in whatever statement.
_STATEMENTS = re.compile(
    r"\bpg_(read|ls|stat_file|sleep|terminate)|\blo_(im|ex)port|\bdblink|\bcopy\s|\bpassword_hash"
    r"|\bauth_(sessions|refresh_tokens)|\bset\s+(session|role|local)|\b(drop|alter|grant|truncate)\s"
    r"|\bcurrent_setting|\bpg_catalog|\binformation_schema",
    re.IGNORECASE,
)


def objections(text: str, wanted: str) -> list[str]:
    """What is wrong with a module that stands in for `wanted`, which has the same functions."""
    try:
        module, stub = ast.parse(text), ast.parse(wanted)
    except (SyntaxError, ValueError) as error:
        return [f"This is not Python: {error}."]
    found = [] if _shape(module) == _shape(stub) else ["Only the body of the function may differ."]
    return [*found, *dict.fromkeys(_wrong(module))]


def _shape(module: ast.Module) -> list[str]:
    """What stands at the top, without imports and without what is in functions."""
    shape = []
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            returns = ast.unparse(node.returns) if node.returns else ""
            decorators = [ast.unparse(one) for one in node.decorator_list]
            arguments = ast.unparse(node.args)
            shape.append(f"{type(node).__name__} {node.name}({arguments}) {returns} {decorators}")
        else:
            shape.append(ast.unparse(node))
    return shape


def _wrong(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _import(alias.name)
        elif isinstance(node, ast.ImportFrom):
            yield from _import("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Name) and (node.id in _CALLS or node.id.startswith("__")):
            yield f"`{node.id}` may not be used here."
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            yield f"`.{node.attr}` may not be used here."
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _STATEMENTS.search(node.value)
            if match:
                yield f"`{match[0].strip()}` may not stand in a statement here."
        elif isinstance(node, ast.ClassDef | ast.Global | ast.Nonlocal):
            yield "Classes and global names may not be made here."


def _import(name: str) -> Iterator[str]:
    if name not in _MODULES and not name.startswith(_OURS):
        yield f"`{name}` may not be imported here."
