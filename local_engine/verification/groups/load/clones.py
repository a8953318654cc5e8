"""Many rows at once, as copies of one row, written by the database's owner.

Only times are measured with them: triggers are off while they are written, so what the database
keeps up to date over such rows is not right afterwards, and the group ends with a reset.
"""

from collections.abc import Iterator

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification.checks import NotApplicable
from local_engine.verification.controls import Controls

_COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type,
           EXISTS (
               SELECT FROM pg_index AS i
               WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey)
           ) AS uniquely
    FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND a.attidentity = '' AND a.attname <> 'id'
    ORDER BY a.attnum
"""

# How the value of a unique column is made different in the n-th copy; one of them has to do.
_DIFFERENT_TEXT = ("{c} || '-' || n", "n || {c}", "left({c}, -6) || lpad(n::text, 6, '0')")
_DIFFERENT = {
    "integer": "{c} + n",
    "bigint": "{c} + n",
    "numeric": "{c} + n",
    "date": "{c} + n",
    "timestamp with time zone": "{c} + n * interval '1 second'",
    "interval": "{c} + n * interval '1 second'",
}


def clone(controls: Controls, entity: Entity, row_id: str, times: int) -> None:
    """Add copies of a row, each a second older; NotApplicable where its rules forbid them."""
    columns = controls.query(_COLUMNS, (entity.table,))
    if not columns:
        raise NotApplicable(f"there is no table {entity.table}")
    names = ", ".join(f'"{column["name"]}"' for column in columns)
    failures: list[str] = []
    for values in _variants([(c["name"], c["type"], c["uniquely"]) for c in columns]):
        sql = (
            f'INSERT INTO "{entity.table}" ({names}) SELECT {", ".join(values)} '  # noqa: S608
            f'FROM "{entity.table}", generate_series(1, %s) AS n WHERE id = %s'
        )
        try:
            controls.query(f'ALTER TABLE "{entity.table}" DISABLE TRIGGER USER')
            controls.query(sql, (times, row_id))
            controls.query(f'ANALYZE "{entity.table}"')
        except Exception as error:
            failures.append(str(error).splitlines()[0])
        else:
            return
        finally:
            controls.query(f'ALTER TABLE "{entity.table}" ENABLE TRIGGER USER')
    raise NotApplicable(f"its rules leave no room for many alike: {failures[0]}")


def _variants(columns: list[tuple[str, str, bool]]) -> Iterator[list[str]]:
    for different_text in _DIFFERENT_TEXT:
        values: list[str] = []
        for name, kind, uniquely in columns:
            column = f'"{name}"'
            if name in ("created_at", "updated_at"):
                values.append(f"{column} - n * interval '1 second'")
            elif uniquely and kind == "text":
                values.append(different_text.format(c=column))
            elif uniquely and kind in _DIFFERENT:
                values.append(_DIFFERENT[kind].format(c=column))
            else:
                values.append(column)
        yield values
        if not any(uniquely and kind == "text" for _, kind, uniquely in columns):
            return
