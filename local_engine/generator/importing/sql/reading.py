"""Reads DDL text into tables: one statement after the other, each known by its first words."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from local_engine.generator.importing.report import Account, ImportRefused
from local_engine.generator.importing.sql.alterations import alter
from local_engine.generator.importing.sql.definitions import Definitions
from local_engine.generator.importing.sql.elements import elements_of
from local_engine.generator.importing.sql.identifiers import folded, name_of, table_key
from local_engine.generator.importing.sql.statements import Statement, statements
from local_engine.generator.importing.sql.tables import (
    Domain,
    Index,
    Schema,
    Table,
    UniqueKey,
)

DIALECTS = ("postgres", "mysql", "sqlite")
MAX_TABLES = 10_000
"""More tables than this are refused."""

_TABLE = re.compile(
    r"CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED)\s+)*TABLE\b", re.IGNORECASE
)
_ADD_CHECK = re.compile(r"\bADD\s+CHECK\b", re.IGNORECASE)
_SEARCH = re.compile(r"\b(?:gin_trgm_ops|gist_trgm_ops|to_tsvector|FULLTEXT)\b", re.IGNORECASE)
_ON_ONLY = re.compile(r"\bON\s+ONLY\b", re.IGNORECASE)
_DOMAIN = re.compile(
    r'CREATE\s+DOMAIN\s+(?:\w+\.)?(?P<name>"[^"]+"|\w+)\s+(?:AS\s+)?(?P<rest>.*)', re.I | re.S
)
_KEPT_APART = {
    "VIEW": "a view: make a report or a feed of what it shows",
    "FUNCTION": "code in the database: rules, effects and operations say what it is for",
    "PROCEDURE": "code in the database: operations say what it is for",
    "TRIGGER": "code in the database: rules, derived fields and effects say what it is for",
    "EVENT": "a scheduled event: jobs say what it is for",
    "RULE": "a rewrite rule: rules and effects say what it is for",
    "POLICY": "row security: `access` says who may do what",
    "AGGREGATE": "code in the database",
    "OPERATOR": "code in the database",
    "CAST": "code in the database",
}
_SILENT = re.compile(
    r"(?:SET|SELECT|BEGIN|START|COMMIT|ROLLBACK|END|ANALYZE|VACUUM|PRAGMA|LOCK|UNLOCK|USE|DROP|"
    r"CREATE\s+(?:DATABASE|SCHEMA|EXTENSION|SEQUENCE|ROLE|USER|COLLATION|PUBLICATION|STATISTICS)|"
    r"ALTER\s+(?:SEQUENCE|DATABASE|SCHEMA|DEFAULT|ROLE|EXTENSION|TYPE|FUNCTION|VIEW|INDEX)|"
    r"COMMENT\s+ON\s+(?!TABLE|COLUMN)\w+|REFRESH)\b",
    re.IGNORECASE,
)
"""What a Blueprint needs no word for: the project has its own."""


def read_ddl(text: str, dialect: str, account: Account) -> Schema:
    """The tables of a DDL text. Raises ImportRefused for one that has none or is too large."""
    if dialect not in DIALECTS:
        raise ImportRefused(
            f"the dialect {dialect} is not known", f"say one of {', '.join(DIALECTS)}"
        )
    reader = _Reader(dialect, account)
    with _quiet():
        for statement in statements(text, dialect):
            reader.read(statement)
    reader.finish()
    if not reader.schema.tables:
        raise ImportRefused(
            "there is no CREATE TABLE that can be read in the source",
            "give the DDL of a database: pg_dump --schema-only, mysqldump --no-data, .schema",
        )
    return reader.schema


@contextmanager
def _quiet() -> Iterator[None]:
    """The parser warns of each statement that it does not know; the account says it better."""
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


class _Reader:
    def __init__(self, dialect: str, account: Account) -> None:
        self.schema = Schema(account)
        self._dialect = dialect
        self._account = account
        self._rows: Counter[str] = Counter()
        self._parsed: list[tuple[re.Pattern[str], Callable[[Statement, str], None]]] = [
            (_TABLE, self._table),
            (
                re.compile(r"CREATE\s+(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?INDEX\b", re.I),
                self._index,
            ),
            (re.compile(r"CREATE\s+TYPE\b", re.I), self._type),
            (re.compile(r"CREATE\s+DOMAIN\b", re.I), self._domain),
            (re.compile(r"ALTER\s+TABLE\b", re.I), self._alter),
            (re.compile(r"COMMENT\s+ON\s+(?:TABLE|COLUMN)\b", re.I), self._comment),
        ]

    def read(self, statement: Statement) -> None:
        """Takes one statement."""
        text = statement.text
        for form, take in self._parsed:
            if form.match(text):
                take(statement, text)
                return
        words = text.split(None, 8)[:8]
        first = words[0].upper() if words else ""
        if first in ("INSERT", "UPDATE", "DELETE", "REPLACE", "COPY"):
            self._rows[first] += 1
        elif first in ("GRANT", "REVOKE"):
            self._account.left_out(
                _short(text), "rights in the database: `access` says who may do what"
            )
        elif not self._kept_apart(words, text) and not _SILENT.match(text):
            self._account.left_out(
                f"line {statement.line}: {_short(text)}", "the statement is not known here"
            )

    def finish(self) -> None:
        """Says in one line what data was passed over."""
        for word, count in self._rows.items():
            self._account.left_out(
                f"{count} × {word}", "data: an import takes the structure, not the rows"
            )

    def _kept_apart(self, words: list[str], text: str) -> bool:
        if words[0].upper() != "CREATE":
            return False
        for word in words[1:]:
            if word.upper() in _KEPT_APART:
                self._account.left_out(_short(text), _KEPT_APART[word.upper()])
                return True
        return False

    def _parse(self, statement: Statement, text: str) -> exp.Expr | None:
        """The tree of a statement; None, with a note, where it cannot be read."""
        try:
            tree = sqlglot.parse_one(text, read=self._dialect)
        except (SqlglotError, RecursionError):
            tree = None
        if tree is None or isinstance(tree, exp.Command):
            self._unread(statement)
            return None
        return tree

    def _unread(self, statement: Statement) -> None:
        self._account.left_out(
            f"line {statement.line}: {_short(statement.text)}", "it cannot be read as SQL"
        )

    def _table(self, statement: Statement, text: str) -> None:
        found = elements_of(text, self._dialect)
        if found is None:
            self._unread(statement)
            return
        if found.name is None:
            reason = found.reason or "it has no columns of its own"
            self._account.left_out(_short(text), reason)
            return
        key = table_key(found.name, self._dialect)
        if key in self.schema.tables:
            self._account.left_out(f"line {statement.line}: {key}", "a second table of this name")
            return
        if len(self.schema.tables) >= MAX_TABLES:
            raise ImportRefused(
                f"the source has more than {MAX_TABLES} tables", "import a part of it"
            )
        table = Table(key, name_of(found.name.this, self._dialect), comment=found.comment)
        self.schema.tables[key] = table
        definitions = Definitions(table, self._dialect, self._account)
        for element in found.elements:
            definitions.add(element)
        for piece in found.unread:
            self._account.left_out(f"{key}: {_short(piece)}", "it cannot be read as SQL")
        if found.reason:
            self._account.left_out(f"{key}", found.reason)

    def _index(self, statement: Statement, text: str) -> None:
        tree = self._parse(statement, _ON_ONLY.sub("ON", text))
        index = tree.this if tree is not None else None
        if tree is None or not isinstance(index, exp.Index):
            return
        table = self.schema.tables.get(table_key(index.args["table"], self._dialect))
        parameters = index.args.get("params") or exp.IndexParameters()
        keys = [key.this if isinstance(key, exp.Ordered) else key
                for key in parameters.args.get("columns") or ()]  # fmt: skip
        plain = all(isinstance(key, exp.Column | exp.Identifier) for key in keys)
        where = parameters.args.get("where")
        if table is not None and _SEARCH.search(text) and not tree.args.get("unique"):
            columns = {
                name_of(found, self._dialect) for key in keys for found in key.find_all(exp.Column)
            }
            own = tuple(column for column in table.columns if column in columns)
            table.indexes.append(Index(own, name_of(index.this, self._dialect), search=True))
            return
        if table is None or not plain:
            what = "unique index" if tree.args.get("unique") else "index"
            self._account.left_out(_short(text), f"an {what} over an expression or unknown table")
            return
        names = tuple(name_of(key, self._dialect) for key in keys)
        name = name_of(index.this, self._dialect)
        if tree.args.get("unique"):
            table.uniques.append(UniqueKey(names, where.this if where else None, name))
        else:
            table.indexes.append(Index(names, name))

    def _type(self, statement: Statement, text: str) -> None:
        tree = self._parse(statement, text)
        kind = tree.args.get("expression") if tree is not None else None
        if tree is None:
            return
        if isinstance(kind, exp.DataType) and kind.this == exp.DataType.Type.ENUM:
            name = name_of(tree.this.this, self._dialect)
            self.schema.enums[name] = tuple(value.name for value in kind.expressions)
        else:
            self._account.left_out(_short(text), "a type of the database that is not an enum")

    def _domain(self, statement: Statement, text: str) -> None:
        """Domains are not known to the parser, but they say what a column says."""
        found = _DOMAIN.match(text)
        tree = found and self._parse(statement, f"CREATE TABLE d (value {found['rest']})")
        if not found or not tree or not isinstance(tree.this, exp.Schema):
            return
        table = Table("", "")
        Definitions(table, self._dialect, self._account).add(tree.this.expressions[0])
        column = table.columns["value"]
        conditions = tuple(condition.expression for condition in table.conditions)
        quoted = found["name"].startswith('"')
        name = folded(found["name"].strip('"'), self._dialect, quoted=quoted)
        assert column.type is not None
        self.schema.domains[name] = Domain(column.type, conditions, column.nullable, column.default)

    def _alter(self, statement: Statement, text: str) -> None:
        if re.search(
            r"\b(?:OWNER\s+TO|SET\s+STORAGE|SET\s+STATISTICS|REPLICA|CLUSTER)\b", text, re.I
        ):
            return
        if re.search(r"\bROW\s+LEVEL\s+SECURITY\b", text, re.I):
            self._account.left_out(_short(text), "row security: `access` says who may do what")
            return
        if re.search(r"\bADD\s+GENERATED\b.*\bAS\s+IDENTITY\b", text, re.I | re.S):
            text = re.sub(
                r"\bADD\s+GENERATED\b.*", "SET DEFAULT nextval('identity')", text, flags=re.I | re.S
            )
        tree = self._parse(statement, _ADD_CHECK.sub("ADD CONSTRAINT unnamed CHECK", text))
        if isinstance(tree, exp.Alter) and isinstance(tree.this, exp.Table):
            table = self.schema.tables.get(table_key(tree.this, self._dialect))
            if table is None:
                self._account.left_out(_short(text), "it changes a table that is not in the source")
                return
            alter(self.schema, table, tree, self._dialect)

    def _comment(self, statement: Statement, text: str) -> None:
        tree = self._parse(statement, text)
        if not isinstance(tree, exp.Comment):
            return
        said, target = tree.args["expression"].name, tree.this
        if isinstance(target, exp.Column):
            owner = exp.Table(this=target.args.get("table"), db=target.args.get("db"))
            table = self.schema.tables.get(table_key(owner, self._dialect))
            column = table and table.columns.get(name_of(target.this, self._dialect))
            if column:
                column.comment = said
                return
        elif isinstance(target, exp.Table):
            table = self.schema.tables.get(table_key(target, self._dialect))
            if table:
                table.comment = said
                return
        self._account.left_out(_short(text), "a comment of something that is not in the source")


def _short(text: str) -> str:
    """The beginning of a statement, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 100 else line[:99] + "…"
