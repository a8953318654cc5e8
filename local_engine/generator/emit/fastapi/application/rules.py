"""`app/rules.py`: what a violated constraint of the database means to a client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from local_engine.generator.blueprint.resolved import Application
from local_engine.generator.emit.python import (
    Call,
    Dictionary,
    Expression,
    Module,
    call,
    const,
    imported,
)
from local_engine.generator.emit.relational.rules import REFERENCE, RuleEntry, rules_of

MODULE = "app.rules"
CORE = "app.core.rules"
_OF_ACCOUNTS = (
    RuleEntry(
        "users_email_key",
        "user.email.unique",
        "there is an account with this e-mail address already",
        pointer="/email",
        code="taken",
    ),
    RuleEntry(
        "users_last_admin",
        "user.last_admin",
        "this is the last active admin: make somebody else an admin first",
    ),
)


def rules_module(application: Application) -> Module:
    """The module."""
    module = Module(
        MODULE,
        "The rules that the database keeps, by constraint, and what clients are told of them.",
    )
    entries = Dictionary(tuple(_entries([*_OF_ACCOUNTS, *rules_of(application)])))
    module.assign("RULES", entries, imported(CORE, "Rules"))
    return module


def _entries(entries: Iterable[RuleEntry]) -> Iterator[tuple[Expression, Expression]]:
    seen: set[str] = set()
    for entry in entries:
        if entry.constraint not in seen:
            seen.add(entry.constraint)
            yield const(entry.constraint), _meaning(entry)


def _meaning(entry: RuleEntry) -> Call:
    if entry.code == REFERENCE and entry.entity is not None:
        arguments = [const(entry.entity)]
        if entry.pointer is not None:
            arguments.append(const(entry.pointer))
        return call(imported(CORE, "Reference"), *arguments)
    return rule_call(entry.rule_id, entry.message, entry.status, entry.pointer, entry.code)


def rule_call(
    rule_id: str, message: str, status: int = 409, pointer: str | None = None, code: str = "rule"
) -> Call:
    """A `Rule`; what is usual is left out."""
    options: dict[str, Expression] = {}
    if status != 409:
        options["status"] = const(status)
    if pointer is not None:
        options["pointer"] = const(pointer)
    if code != "rule":
        options["code"] = const(code)
    text = const(sentence(message))
    return call(imported(CORE, "Rule"), const(rule_id), text, **options)


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop; names of fields stay as they are."""
    stripped = text.strip() or "This is not allowed"
    ended = stripped if stripped[-1] in ".!?" else f"{stripped}."
    is_name = "_" in ended.split()[0]
    return ended if is_name else ended[:1].upper() + ended[1:]
