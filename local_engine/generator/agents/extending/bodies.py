"""Another body for a function in a module."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence


def with_body(frame: str, body: str, imports: Sequence[str]) -> str:
    """The frame with another body of its first function, whose docstring stays.

    What stands behind the function in the frame goes, and so do names that are imported and not
    used: a linter would object. Raises SyntaxError for what is no Python.
    """
    function = next(
        node
        for node in ast.parse(frame).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lines = frame.splitlines()
    documented = ast.get_docstring(function) is not None
    kept = function.body[0].end_lineno if documented else function.body[0].lineno - 1
    head = lines[:kept]
    own = [line.strip() for line in imports if line.strip() and line.strip() not in lines]
    at = next((index for index, line in enumerate(head) if line.startswith("from ")), 2)
    text = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return _without_unused_names("\n".join([*head[:at], *own, *head[at:], text]) + "\n")


def _without_unused_names(text: str) -> str:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text  # whoever looks at it next says so
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    lines = text.splitlines(keepends=True)
    for node in reversed(module.body):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        kept = [one for one in node.names if (one.asname or one.name).partition(".")[0] in used]
        if len(kept) < len(node.names) and getattr(node, "module", "") != "__future__":
            node.names = kept
            new = [f"{ast.unparse(node)}\n"] if kept else []
            lines[node.lineno - 1 : node.end_lineno] = new
    return "".join(lines)
