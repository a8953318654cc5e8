"""Tells whether anything in the database has changed, whatever the service says about it."""

from __future__ import annotations

from collections.abc import Sequence

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import CheckFailed
from local_engine.verification.controls import Controls
from local_engine.verification.http import Exchange

Digest = dict[str, str]

_ONE = (
    "SELECT '{table}' AS name, count(*)::text || ' ' || "
    "md5(coalesce(string_agg(t::text, '' ORDER BY t.id), '')) AS digest FROM {table} AS t"
)


class Witness:
    """Remembers what was in the tables of all entities. `query` runs one statement."""

    def __init__(self, application: Application, controls: Controls) -> None:
        self._controls = controls
        tables = [f'"{entity.table}"' for entity in application.own_entities]
        self._sql = " UNION ALL ".join(_ONE.format(table=table) for table in tables)
        self._last: Digest = {}
        self._writes = -1

    def look(self) -> Digest:
        """What there is now: for each table the number of rows and a digest of them all."""
        rows = self._controls.query(self._sql)
        return {str(row["name"]).strip('"'): str(row["digest"]) for row in rows}

    def before(self, writes: int) -> None:
        """Remember what there is after so many writes, unless that is known already."""
        if self._writes != writes:
            self._last, self._writes = self.look(), writes

    def unchanged(self, *exchanges: Exchange, after: Sequence[Exchange] = ()) -> None:
        """Raise CheckFailed if anything has changed since."""
        before, now = self._last, self.look()
        self._last = now
        changed = sorted(name for name in now if now[name] != before.get(name))
        if changed:
            raise CheckFailed(
                "nothing changed by a request that was refused",
                f"changes in {', '.join(changed)}",
                (*exchanges, *after),
            )
