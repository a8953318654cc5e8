"""`{path}` placeholders in messages and e-mail templates."""

from __future__ import annotations

import re

from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.shapes import Names

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*")


def check_placeholders(context: Context, text: str, scope: Names, path: Path) -> None:
    """Notes placeholders that are not paths of the scope, and braces that are none."""
    for found in PLACEHOLDER.finditer(text):
        name = found[1]
        if not _PATH.fullmatch(name):
            message = f"`{{{name}}}` is not a placeholder: write a path such as {{customer.email}}."
            context.error(path, "bad-placeholder", message)
            continue
        context.expression(name, scope, path, offset=found.start(1))
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        context.error(path, "bad-placeholder", "A brace is left open: write `{path}`.")
