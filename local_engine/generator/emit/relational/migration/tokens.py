"""Names inside a piece of SQL: which there are, and the same piece with other names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from local_engine.generator.emit.relational.names import quote

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*')|(?P<name>"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*(?!\s*\())""",
)


def names_in(sql: str) -> frozenset[str]:
    """The bare names of everything that may be a column; key words are among them."""
    return frozenset(_bare(match["name"]) for match in _names(sql))


def _names(sql: str) -> Iterator[re.Match[str]]:
    return (match for match in _TOKEN.finditer(sql) if match["name"])


def with_names(sql: str, renamed: Mapping[str, str]) -> str:
    """The piece with columns under their new names; texts and functions stay as they are."""
    if not renamed:
        return sql

    def replaced(match: re.Match[str]) -> str:
        name = match["name"]
        if not name or _bare(name) not in renamed:
            return match[0]
        return quote(renamed[_bare(name)])

    return _TOKEN.sub(replaced, sql)


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
