"""Checks of names: their form, their length, and words that code cannot use."""

from __future__ import annotations

from local_engine.generator.blueprint.problems import Path
from local_engine.generator.blueprint.resolving import reserved
from local_engine.generator.blueprint.resolving.context import Context

_SNAKE = "small letters, digits and `_`, beginning with a letter"


def check_name(context: Context, name: str, path: Path, what: str, *, words: bool = True) -> bool:
    """Checks a snake_case name; `words`: also that code can use it."""
    if not reserved.SNAKE_NAME.fullmatch(name):
        message = f"`{name}` cannot be a {what}: use {_SNAKE}."
        suggestion = reserved.snake_suggestion(name)
        context.error(path, "bad-name", message, suggestion, at_key=True)
        return False
    if not _short_enough(context, name, path):
        return False
    problem = reserved.word_problem(name) if words else None
    if problem is not None:
        context.error(path, "reserved-name", problem[0], problem[1], at_key=True)
        return False
    return True


def check_entity_name(context: Context, name: str, path: Path) -> bool:
    """Checks a PascalCase name."""
    if not reserved.ENTITY_NAME.fullmatch(name):
        message = f"`{name}` cannot be an entity: use PascalCase, such as `OrderLine`."
        suggestion = reserved.pascal_suggestion(name)
        context.error(path, "bad-name", message, suggestion, at_key=True)
        return False
    if name in ("None", "True", "False"):
        context.error(path, "reserved-name", f"`{name}` is a word of Python.", at_key=True)
        return False
    return _short_enough(context, name, path)


def _short_enough(context: Context, name: str, path: Path) -> bool:
    if len(name) <= reserved.MAX_LENGTH:
        return True
    message = f"`{name}` has {len(name)} characters; a name has at most {reserved.MAX_LENGTH}."
    context.error(path, "bad-name", message, at_key=True)
    return False
