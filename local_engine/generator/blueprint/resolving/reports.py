"""Resolves reports and feeds."""

from __future__ import annotations

import ast

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.expressions import Expression
from local_engine.generator.blueprint.expressions.types import (
    JsonType,
    ListType,
    RecordType,
    RowType,
    Type,
    describe,
    is_number,
)
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolved import USER
from local_engine.generator.blueprint.resolving.actors import ActorReader
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.entities import check_sort
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.naming import kebab_case
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.shapes import Names

_FUNCTIONS = ("count", "sum", "avg", "min", "max")
_SCALARLESS = (RowType, RecordType, JsonType, ListType)


def resolve_report(context: Context, name: str, source: model.Report) -> resolved.Report | None:
    """One report; None where its entity is not known."""
    return _Report(context, name, source).resolve()


def resolve_feed(context: Context, name: str, source: model.Feed) -> resolved.Feed | None:
    """One feed; None where its entity is not known."""
    path: Path = ("feeds", name)
    check_name(context, name, path, "name")
    outline = context.entity(source.of, (*path, "of"))
    access = _access(context, source.by, path)
    if outline is None or _is_user(context, outline, path):
        return None
    scope = _scope(context, outline, access)
    if source.sort:
        check_sort(context, outline, source.sort, (*path, "sort"))
    return resolved.Feed(
        name=name,
        segment=kebab_case(name),
        entity=outline.name,
        where=context.condition(source.where, scope, (*path, "where")),
        sort=tuple(source.sort),
        access=access,
        tenanted=outline.tenanted,
        description=source.description,
    )


def _access(context: Context, actors: list[str] | None, path: Path) -> resolved.Access:
    access = ActorReader(context, None).read(actors, (*path, "by"))
    if access.nobody:
        message = f"Nobody may see `{path[-1]}`: say who with `by`."
        context.error(path, "nobody", message, at_key=True)
    return access


def _is_user(context: Context, outline: Outline, path: Path) -> bool:
    if outline.name == USER:
        context.error((*path, "of"), "user-entity", "Users are not listed this way.")
    return outline.name == USER


def _scope(context: Context, outline: Outline, access: resolved.Access) -> Names:
    shapes = context.shapes
    optional = access.admits_anonymous
    return Names(shapes[outline.name]).with_user(shapes[USER], optional=optional)


class _Report:
    def __init__(self, context: Context, name: str, source: model.Report) -> None:
        self._context = context
        self._name = name
        self._source = source
        self._path: Path = ("reports", name)

    def resolve(self) -> resolved.Report | None:
        """The report; None where its entity is not known."""
        context, source = self._context, self._source
        check_name(context, self._name, self._path, "name")
        outline = context.entity(source.of, (*self._path, "of"))
        access = _access(context, source.by, self._path)
        if outline is None or _is_user(context, outline, self._path):
            return None
        scope = _scope(context, outline, access)
        where = context.condition(source.where, scope, (*self._path, "where"))
        scope = scope.given(where)
        function, value = self._aggregate(scope)
        return resolved.Report(
            name=self._name,
            segment=kebab_case(self._name),
            entity=outline.name,
            function=function,
            value=value,
            where=where,
            keys=self._keys(outline, scope),
            period=self._period(outline),
            access=access,
            tenanted=outline.tenanted,
            description=source.description,
        )

    def _aggregate(self, scope: Names) -> tuple[str, Expression | None]:
        said = [name for name in _FUNCTIONS if getattr(self._source, name) is not None]
        if len(said) != 1:
            message = "A report has exactly one of count, sum, avg, min and max."
            self._context.error(self._path, "bad-report", message, at_key=True)
            if not said:
                return "count", None
        function = said[0]
        if function == "count":
            return function, None
        path = (*self._path, function)
        value = self._context.expression(
            getattr(self._source, function), scope, path, allow_missing=True
        )
        if value is not None and not _aggregable(function, value.type):
            message = f"`{function}` is not possible for {describe(value.type)}."
            self._context.error(path, "type-mismatch", message)
        return function, value

    def _keys(self, outline: Outline, scope: Names) -> tuple[resolved.ReportKey, ...]:
        per = self._source.per
        named = per if isinstance(per, dict) else {}
        listed = per if isinstance(per, list) else []
        keys: dict[str, resolved.ReportKey] = {}
        entries: list[tuple[str | None, str, Path]] = [
            (key, text, (*self._path, "per", key)) for key, text in named.items()
        ]
        entries += [(None, text, (*self._path, "per", index)) for index, text in enumerate(listed)]
        for key, text, path in entries:
            expression = self._context.expression(text, scope, path, allow_missing=True)
            if expression is None:
                continue
            name = key or _key_name(expression)
            if name is None:
                message = f"Give the key `{text}` a name: `per: {{name: {text}}}`."
                self._context.error(path, "bad-report", message)
                continue
            check_name(self._context, name, path, "name", words=False)
            self._check_key(name, expression, keys, path)
            keys[name] = resolved.ReportKey(name, expression)
        del outline
        return tuple(keys.values())

    def _check_key(
        self, name: str, expression: Expression, keys: dict[str, resolved.ReportKey], path: Path
    ) -> None:
        if name in keys or name == "value":
            message = f"Two keys would be called `{name}`: give them names with `per: {{...}}`."
            self._context.error(path, "name-clash", message)
        if isinstance(expression.type, RecordType | JsonType | ListType):
            message = f"Rows cannot be grouped by {describe(expression.type)}."
            self._context.error(path, "type-mismatch", message)

    def _period(self, outline: Outline) -> str | None:
        name = self._source.period
        if name is None or name in outline.broken:
            return None
        path = (*self._path, "period")
        times = [key for key, field in outline.fields.items() if field.type in ("date", "datetime")]
        known = [*times, "created_at", "updated_at"]
        if name not in known:
            message = f"The period is a date or datetime of {outline.name}; `{name}` is none."
            self._context.error(path, "bad-report", message, closest(name, known))
            return None
        return name


def _aggregable(function: str, type_: Type) -> bool:
    if function in ("sum", "avg"):
        return is_number(type_)
    return not isinstance(type_, _SCALARLESS)


def _key_name(expression: Expression) -> str | None:
    """The name of a key that has none: its field's, or that of `day` or `month`."""
    tree = ast.parse(expression.text, mode="eval").body
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name):
        return tree.func.id if tree.func.id in ("day", "month", "year") else None
    name = None
    if isinstance(tree, ast.Attribute):
        name = tree.attr
    elif isinstance(tree, ast.Name):
        name = tree.id
    if name is not None and isinstance(expression.type, RowType):
        return f"{name}_id"
    return name
