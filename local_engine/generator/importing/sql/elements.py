"""The elements of a CREATE TABLE: read as a whole, or one by one where that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_HEAD = re.compile(r"[^(]*\(", re.S)
_PIECES = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|[(),]", re.S)
_PARTITION = "a partition: it belongs to its parent table"


@dataclass
class TableElements:
    """A table's name and the trees of its elements; `unread` are those that are not SQL we know.

    `name` is None for what is no table of its own; `reason` says why, or what is left out.
    """

    name: exp.Table | None
    elements: list[exp.Expr] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    comment: str = ""
    reason: str = ""


def elements_of(text: str, dialect: str) -> TableElements | None:
    """The elements of a CREATE TABLE statement; None where not even its name can be read."""
    tree = _parsed(text, dialect)
    if tree is not None:
        return _of_tree(tree)
    head = _HEAD.match(text)
    if head is None:
        return None
    empty = _parsed(f"{head.group()}a int)", dialect)
    if empty is None or not isinstance(empty.this, exp.Schema):
        return None
    found = TableElements(empty.this.this)
    for piece in _pieces(text, head.end()):
        one = _parsed(f"CREATE TABLE t ({piece})", dialect)
        if one is None or not isinstance(one.this, exp.Schema):
            found.unread.append(piece)
        else:
            found.elements += one.this.expressions
    return found


def _parsed(text: str, dialect: str) -> exp.Create | None:
    try:
        tree = sqlglot.parse_one(text, read=dialect)
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Create) else None


def _of_tree(tree: exp.Create) -> TableElements:
    properties = tree.args.get("properties") or exp.Properties()
    if properties.find(exp.PartitionedOfProperty):
        return TableElements(None, reason=_PARTITION)
    if not isinstance(tree.this, exp.Schema):
        return TableElements(None, reason="a table made from a query")
    found = TableElements(tree.this.this, list(tree.this.expressions))
    comment = properties.find(exp.SchemaCommentProperty)
    if comment is not None:
        found.comment = comment.this.name
    if properties.find(exp.InheritsProperty):
        found.reason = "columns that the table inherits"
    return found


def _pieces(text: str, begin: int) -> Iterator[str]:
    """What stands between the commas of the outermost parentheses."""
    depth, start = 1, begin
    for found in _PIECES.finditer(text, begin):
        match found.group():
            case "(":
                depth += 1
            case ")":
                depth -= 1
            case "," if depth == 1:
                yield text[start : found.start()].strip()
                start = found.end()
        if depth == 0:
            yield text[start : found.start()].strip()
            return
