"""Files of a row: functions of the repository, and their three routes each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Access, Field
from local_engine.generator.emit.fastapi.entities.functions import (
    ACTOR,
    CONNECTION,
    DATABASE,
    Functions,
    guard,
    guarded,
)
from local_engine.generator.emit.fastapi.entities.rules import EntityRules
from local_engine.generator.emit.fastapi.entities.statements import Sql, block
from local_engine.generator.emit.fastapi.sql.access import admits
from local_engine.generator.emit.fastapi.sql.text import TRUE, in_f_string
from local_engine.generator.emit.python import (
    NONE,
    Conditional,
    Evaluate,
    Function,
    Infix,
    Name,
    Return,
    Statement,
    assign,
    await_,
    call,
    const,
    imported,
    mapping,
    parameter,
    subscript,
    union,
)
from local_engine.generator.emit.relational.names import field_column, quote

FILES = "app.core.files"


@dataclass(frozen=True)
class Attachments(Functions):
    """Builds the functions that read and write the files of a row."""

    def functions(self) -> Iterator[Function]:
        """All of them, in the order of the Blueprint."""
        for field in self.plan.files:
            if not field.private:
                yield self._read(field)
            if self.plan.writes_inside:
                yield self._set(field)

    def constants(self) -> Iterator[tuple[str, Sql]]:
        """The statements of these functions, with their names in the module."""
        for field in self.plan.files:
            name = field.name.upper()
            if not field.private:
                yield f"READ_{name}", self.read_sql(field)
            if self.plan.writes_inside:
                yield f"SET_{name}", self._set_sql(field)
                if field.editable_by is not None:
                    yield f"MAY_SEND_{name}", self._may_send_sql(field, field.editable_by)

    def _set_sql(self, field: Field) -> Sql:
        assignment = f"SET {quote(field_column(field))} = %(file)s"
        table = self.plan.resource.table
        return Sql(block(f"UPDATE {table}", assignment, "WHERE id = %(id)s", "RETURNING version"))

    def _may_send_sql(self, field: Field, access: Access) -> Sql:
        allowed = admits(access, self.plan.row)
        select = f"SELECT {allowed} AS {quote(field.name)}"
        where = f"WHERE {self.plan.resource.table}.id = %(id)s"
        return Sql(block(select, self.plan.access.source, where))

    def read_sql(self, field: Field) -> Sql:
        """The file of a row that the actor may read."""
        table, column = self.plan.resource.table, quote(field_column(field))
        within = "{access.WITHIN} AND " if self.plan.nested else ""
        visible = TRUE if field.visible_to is None else admits(field.visible_to, self.plan.row)
        shown = "" if visible == TRUE else f" AND {in_f_string(visible)}"
        return Sql(
            block(
                "SELECT files.id, files.content_type, files.content",
                f"{{access.SOURCE}} JOIN files ON files.id = {table}.{column}",
                f"WHERE {within}{table}.id = %(id)s AND {{access.READABLE}}{shown}",
            ),
            self.statements.own_access,
        )

    def _read(self, field: Field) -> Function:
        statement = f"READ_{field.name.upper()}"
        row = guard("require_row", "database", statement, self.parameters(own=True))
        content = imported(FILES, "FileContent")
        return self.function(
            f"read_{field.name}",
            (DATABASE, ACTOR, *self.keys(own=True)),
            content,
            f"The {_words(field)}. Raises a 404 problem when there is none, or not for the actor.",
            assign("row", row),
            Return(
                call(
                    content,
                    id=subscript("row", const(0)),
                    content_type=subscript("row", const(1)),
                    content=subscript("row", const(2)),
                    name=const(field.name),
                )
            ),
        )

    def _set(self, field: Field) -> Function:
        plan = self.plan
        stored = await_(call(imported(FILES, "store_file"), "connection", "upload"))
        file = Conditional(Infix("is", (Name("upload"), NONE)), NONE, stored)
        names = mapping((const("file"), "file"), (const("id"), plan.resource.key))
        return self.function(
            f"set_{field.name}",
            (
                CONNECTION,
                ACTOR,
                *self.keys(own=True),
                parameter("upload", union(imported(FILES, "Upload"), NONE)),
            ),
            "int",
            f"Put the {_words(field)} of a locked {plan.resource.words} in place, or take it away "
            "(None).\n\nReturns the row's version.",
            *self._sendable(field),
            *self._editable(),
            assign("file", file),
            assign("row", guard("written_row", "connection", f"SET_{field.name.upper()}", names)),
            Return(call("int", subscript("row", const(0)))),
        )

    def _sendable(self, field: Field) -> Iterator[Statement]:
        """Only some actors may set it."""
        if field.editable_by is None:
            return
        keys = mapping((const(field.name), "upload"))
        statement = f"MAY_SEND_{field.name.upper()}"
        yield guarded("require_sendable", "connection", statement, self.parameters(own=True), keys)

    def _editable(self) -> Iterator[Statement]:
        if EntityRules(self.plan).editable:
            check = call("require_editable", "connection", self.plan.resource.key)
            yield Evaluate(await_(check))


def _words(field: Field) -> str:
    return field.name.replace("_", " ")
