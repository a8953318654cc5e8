"""Which rows of one database are not in another one: counted table by table, by comparing.

Key and value of each row, as digests, are copied from the one into the other, which joins them: so
neither is ever in our memory, and it does not matter how large the two are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psycopg import sql

from local_engine.runtime.postgres.databases import Connection

# What comes and goes by itself is nobody's data: who is signed in, what was throttled, the queue's
# own books.
PASSING = frozenset(
    {
        "schema_migrations",
        "auth_sessions",
        "auth_refresh_tokens",
        "auth_login_attempts",
        "rate_limits",
        "idempotency_keys",
        "procrastinate_workers",
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_periodic_defers",
    }
)
# A row of a generated table counts its changes, so these two stand for all of it.
_STAMP = ("version", "updated_at")

_TABLES = """
SELECT c.relname, c.oid, a.attname, a.attnum, coalesce(a.attnum = ANY (i.indkey), false)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute AS a
  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True)
class TableFacts:
    """A table: its number in the catalog, and its columns' names with their numbers.

    Computed columns are left out: they say nothing that the others do not.
    """

    name: str
    oid: int
    columns: Mapping[str, int]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A table here and what it is called there, with the columns to compare, alike in order.

    Without a `key` rows are told apart by all these columns. With `stamps` a row here that is an
    earlier state of the one there is none that differs.
    """

    here: str
    there: str
    key: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    stamps: bool = False


@dataclass(frozen=True)
class Difference:
    """Rows of a table here that are not there, and rows that are there with other values."""

    missing: int
    changed: int

    @property
    def count(self) -> int:
        """Both."""
        return self.missing + self.changed


def tables_of(connection: Connection) -> dict[str, TableFacts]:
    """The tables with the user's rows, by name."""
    columns: dict[str, dict[str, int]] = {}
    keys: dict[str, list[str]] = {}
    oids: dict[str, int] = {}
    for table, oid, column, number, in_key in connection.execute(_TABLES):
        if table not in PASSING:
            oids[table] = oid
            columns.setdefault(table, {})[column] = number
            keys.setdefault(table, []).extend([column] if in_key else [])
    return {
        name: TableFacts(name, oid, columns[name], tuple(keys[name])) for name, oid in oids.items()
    }


def counts_of(connection: Connection) -> dict[str, int]:
    """The number of rows of each table that has any."""
    found = {name: count(connection, name) for name in tables_of(connection)}
    return {name: number for name, number in found.items() if number}


def has_rows(connection: Connection) -> bool:
    """Whether any table has a row."""
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})")
    return any(
        _number(connection, query.format(sql.Identifier(name))) for name in tables_of(connection)
    )


def count(connection: Connection, table: str) -> int:
    """The number of a table's rows."""
    return _number(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))


def same_names(here: Mapping[str, TableFacts], there: Mapping[str, TableFacts]) -> list[Pair]:
    """The tables that have one name on both sides, to be compared by their stamps or as a whole.

    Where columns differ and there are no stamps, all rows count as changed: better asked once too
    often.
    """
    pairs = []
    for name in here.keys() & there.keys():
        one, other = here[name], there[name]
        if one.key != other.key:
            continue
        both = one.columns.keys() & other.columns.keys()
        stamps = both.issuperset(_STAMP) and bool(one.key)
        if stamps or one.columns.keys() == other.columns.keys():
            names = _STAMP if stamps else sorted(both)
            key = tuple((column, column) for column in one.key)
            columns = tuple((column, column) for column in names)
            pairs.append(Pair(name, name, key, columns, stamps))
    return pairs


def differences(
    here: Connection, there: Connection, pairs: Iterable[Pair]
) -> dict[str, Difference]:
    """What of each table here is not there, or not the same, by the table's name here."""
    return {pair.here: _difference(here, there, pair) for pair in pairs}


def _difference(here: Connection, there: Connection, pair: Pair) -> Difference:
    there.execute("CREATE TEMP TABLE IF NOT EXISTS rows_here (key text, value text)")
    there.execute("TRUNCATE rows_here")
    reading = sql.SQL("COPY ({}) TO STDOUT").format(_digests(pair.here, pair, 0))
    with (
        here.cursor().copy(reading) as source,
        there.cursor().copy("COPY rows_here FROM STDIN") as target,
    ):
        for block in source:
            target.write(block)
    joined = sql.SQL(
        "SELECT count(*) FILTER (WHERE t.key IS NULL),"
        " count(*) FILTER (WHERE t.value <> h.value {})"
        " FROM rows_here AS h LEFT JOIN ({}) AS t (key, value) ON t.key = h.key"
    ).format(_NOT_EARLIER if pair.stamps else sql.SQL(""), _digests(pair.there, pair, 1))
    row = there.execute(joined).fetchone()
    there.commit()
    assert row is not None
    return Difference(*row)


# The number of changes and the moment of the last one, as texts that sort like these.
_STAMP_VALUE = sql.SQL(
    "lpad(version::text, 20, '0') || to_char(updated_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')"
)
_NOT_EARLIER = sql.SQL(
    "AND NOT (left(h.value, 20) < left(t.value, 20) AND substr(h.value, 21) <= substr(t.value, 21))"
)


def _digests(table: str, pair: Pair, side: int) -> sql.Composed:
    value: sql.Composable = (
        _STAMP_VALUE if pair.stamps else _digest([names[side] for names in pair.columns])
    )
    key = _digest([names[side] for names in pair.key])
    if not pair.key:  # equal rows are told apart by their number
        key = sql.SQL("{} || ' ' || row_number() OVER (PARTITION BY {})").format(value, value)
    return sql.SQL("SELECT {}, {} FROM {}").format(key, value, sql.Identifier(table))


def _digest(columns: Iterable[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("md5(ROW({})::text)").format(names)


def _number(connection: Connection, query: sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
