"""The three routes of each file of a row: put, get, delete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Field
from local_engine.generator.emit.fastapi.entities.events import Events
from local_engine.generator.emit.fastapi.entities.routing import (
    DOCUMENTS,
    OPENAPI,
    RESPONSE,
    Handler,
    Routes,
)
from local_engine.generator.emit.python import (
    NONE,
    Call,
    Dictionary,
    Expression,
    Module,
    Name,
    Return,
    Sequence,
    Statement,
    assign,
    attribute,
    await_,
    call,
    const,
    imported,
)

FILES = "app.core.files"
DEFAULT_SIZE = 5 * 1024 * 1024


@dataclass(frozen=True)
class AttachmentRoutes(Routes):
    """Builds the handlers for the files of a row."""

    def add_limits(self, module: Module) -> None:
        """What each file may be, as constants of the module."""
        for field in self.plan.files:
            options: dict[str, Expression] = {"max_bytes": const(field.max_size or DEFAULT_SIZE)}
            if field.accept:
                options["accept"] = Sequence(tuple(map(const, field.accept)), "()")
            module.assign(_limits(field), call(imported(FILES, "FileLimits"), **options))

    def handlers(self) -> Iterator[Handler]:
        """All of them, in the order of the Blueprint."""
        for field in self.plan.files:
            if self.plan.writes_inside:
                yield self._put(field)
            if not field.private:
                yield self._get(field)
            if self.plan.writes_inside:
                yield self._delete(field)

    def _path(self, field: Field) -> str:
        return f"{self.item}/{field.name.replace('_', '-')}"

    def _name(self, verb: str, field: Field) -> str:
        return f"{verb}_{self.plan.resource.singular}_{field.name}"

    def _of(self, field: Field) -> str:
        return f"the {field.name.replace('_', ' ')} of {self.plan.resource.a_row}"

    def _set(self, field: Field, upload: Expression) -> Call:
        function = self.repository(f"set_{field.name}")
        return call(function, "connection", "actor", *self.keys(own=True), upload)

    def _change(self, field: Field, upload: Expression) -> Iterator[Statement]:
        """Writes the file and what follows; the answer has the version after all of it."""
        events = Events(self.plan)
        yield from events.before("update")
        yield assign("version", await_(self._set(field, upload)))
        version: Expression = Name("version")
        if events.concerned("update"):
            reload = call(self.repository("reload"), "connection", "actor", self.plan.resource.key)
            yield from events.after("update", reload)
            version = attribute("document", "version")
        yield Return(call(imported(DOCUMENTS, "no_content"), version))

    def _put(self, field: Field) -> Handler:
        access = self.plan.access.effective("update")
        received = call(imported(FILES, "receive_file"), "request", _limits(field))
        body: list[Statement] = [
            *self.opening(access, own=True),
            assign("received", await_(received)),
            self.transaction(
                assign("version", self.lock("update")),
                assign("upload", call(attribute("received", "value"))),
                self.check_version("version"),
                *self._change(field, Name("upload")),
            ),
            self.run(),
        ]
        return Handler(
            "put",
            self._path(field),
            self._name("put", field),
            f"Upload {self._of(field)}",
            f"The body is the file itself; it replaces the one before. {self.who('update')}",
            self.texts(own=True),
            tuple(body),
            (400, 401, 403, 404, 409, *self.conditional, 413, 415, 422),
            {
                "etag": const(True),
                **self.if_match,
                "file": attribute(_limits(field), "accept"),
                "status": const(204),
            },
            status=204,
        )

    def _get(self, field: Field) -> Handler:
        access = self.plan.access.effective("read")
        file = call(
            self.repository(f"read_{field.name}"), self.database, "actor", *self.keys(own=True)
        )
        body: list[Statement] = [
            *self.opening(access, own=True),
            assign("file", await_(file)),
            Return(call(imported(FILES, "file_response"), "request", "file")),
        ]
        content = call(imported(OPENAPI, "file_content"), attribute(_limits(field), "accept"))
        refused = call(imported(OPENAPI, "problems"), const(401), const(404))
        return Handler(
            "get",
            self._path(field),
            self._name("get", field),
            f"Download {self._of(field)}",
            f"The file as it was uploaded. {self.who('read')}",
            self.texts(own=True),
            tuple(body),
            (401, 404),
            {**self.signing_in(access), "etag": const(True), "if_none_match": const(True)},
            answers=Dictionary(((const(200), content), (None, refused))),
            response_class=RESPONSE,
        )

    def _delete(self, field: Field) -> Handler:
        access = self.plan.access.effective("update")
        body: list[Statement] = [
            *self.opening(access, own=True),
            self.transaction(
                assign("version", self.lock("update")),
                self.check_version("version"),
                *self._change(field, NONE),
            ),
            self.run(),
        ]
        return Handler(
            "delete",
            self._path(field),
            self._name("delete", field),
            f"Delete {self._of(field)}",
            f"The {self.plan.resource.words} stays, its file goes. {self.who('update')}",
            self.texts(own=True),
            tuple(body),
            (401, 403, 404, 409, *self.conditional, 422),
            {"etag": const(True), **self.if_match, "status": const(204)},
            status=204,
        )


def _limits(field: Field) -> str:
    """The constant with a file's limits."""
    return field.name.upper()
