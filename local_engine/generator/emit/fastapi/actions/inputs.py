"""What an action is given: the model of its body, and the references in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import (
    USER,
    FieldType,
    InputField,
    LiteralDefault,
    RefAccess,
    RefInput,
    RowsInput,
    ValueInput,
)
from local_engine.generator.emit.fastapi.actions.entrance import conditions_of
from local_engine.generator.emit.fastapi.actions.scene import Scene
from local_engine.generator.emit.fastapi.entities.annotations import (
    Annotations,
    attribute_name,
    reference_type,
    value_expression,
)
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.schemas import attribute_statement
from local_engine.generator.emit.fastapi.entities.statements import block
from local_engine.generator.emit.fastapi.resources import Resources
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Class,
    Conditional,
    Expression,
    Infix,
    Name,
    Subscript,
    Symbol,
    TextBlock,
    attribute,
    call,
    const,
    imported,
    subscript,
    union,
)

BODY = "app.core.body"
_JSON = (FieldType.JSON, FieldType.LIST)


@dataclass(frozen=True)
class Inputs:
    """The inputs of one action; `model` is the class name of its body.

    `home` is the module of the class, if it is not that of the action.
    """

    resources: Resources
    scene: Scene
    inputs: tuple[InputField, ...]
    model: str
    home: str = ""

    @property
    def type(self) -> Expression:
        """The class of the body, for the action's module."""
        return imported(self.home, self.model) if self.home else Name(self.model)

    def classes(self) -> Iterator[Class]:
        """The models: one for each rows input, then that of the body."""
        for given in self.inputs:
            if isinstance(given, RowsInput):
                name = self._rows_model(given)
                docstring = f"One of `{given.name}`."
                yield self._class(name, given.columns, docstring)
        yield self._class(self.model, self.inputs, "What is given.")

    def aliases(self) -> Iterator[tuple[str, Expression]]:
        """Types that are too long to stand beside `| None`, under a name of their own."""
        columns = (
            given.columns if isinstance(given, RowsInput) else (given,) for given in self.inputs
        )
        for given in (one for several in columns for one in several):
            if isinstance(given, ValueInput) and given.field.optional:
                kind = Annotations(self.scene.application).taken(given.field)
                if isinstance(kind, Subscript):
                    yield self._alias(given), kind

    def _alias(self, given: ValueInput) -> str:
        return f"{self.model}{given.name.title().replace('_', '')}"

    def _rows_model(self, given: RowsInput) -> str:
        return self.model + "".join(part.capitalize() for part in given.name.split("_"))

    def _class(self, name: str, members: Iterable[InputField], docstring: str) -> Class:
        body = [self._member(member) for member in members]
        needed = [statement for statement in body if statement.value is None]
        rest = [statement for statement in body if statement.value is not None]
        return Class(name, (imported(BODY, "Input"),), (*needed, *rest), docstring)

    def _member(self, given: InputField) -> Assign:
        match given:
            case ValueInput(name, field):
                kind = Annotations(self.scene.application).taken(field)
                if field.optional:
                    short = self._alias(given) if isinstance(kind, Subscript) else kind
                    kind = union(short, NONE)
                default: Expression | None = NONE if field.optional else None
                if isinstance(field.default, LiteralDefault):
                    default = value_expression(field.default.value)
                return attribute_statement(name, kind, default)
            case RefInput(name, _, _, optional):
                kind = union(reference_type(), NONE) if optional else reference_type()
                return attribute_statement(f"{name}_id", kind, NONE if optional else None)
            case RowsInput(name, _, minimum, maximum):
                limits = call(
                    imported("pydantic", "Field"),
                    min_length=const(minimum),
                    max_length=const(maximum),
                )
                rows = subscript("list", self._rows_model(given))
                annotated = subscript(imported("typing", "Annotated"), rows, limits)
                return attribute_statement(name, annotated, None)

    def references(self) -> Iterator[tuple[str, str, TextBlock]]:
        """JSON pointer, key in `names`, and the statement that finds the row if it may be named.

        The pointer of a column begins at its object.
        """
        for given in self.inputs:
            match given:
                case RefInput(name):
                    yield f"/{name}_id", f"input.{name}", self._finds(given, f"input.{name}")
                case RowsInput(name, columns):
                    for column in columns:
                        if isinstance(column, RefInput):
                            key = f"{name}.{column.name}"
                            yield f"/{column.name}_id", key, self._finds(column, key)

    def _finds(self, given: RefInput, key: str) -> TextBlock:
        application = self.scene.application
        entity = application.entities[given.entity]
        plan = Plan(self.resources, self.resources[given.entity])
        row = Row.of(application, entity)
        symbols: dict[str, Symbol] = {}
        conditions = [f"{row.id} = %({key})s"]
        source = row.source
        if entity.name == USER:
            conditions.append(f"{row.alias}.active")
        elif given.access is RefAccess.READ:
            symbol = conditions_of(plan)
            symbols[symbol.bare] = symbol
            source = f"{{{symbol.bare}.SOURCE}}"
            conditions.append(f"{{{symbol.bare}.READABLE}}")
        elif given.access is RefAccess.OWNER and entity.owner_path is not None:
            conditions.append(f"{row.path(entity.owner_path)} = %(actor)s")
        if application.tenancy is not None and self.scene.in_tenant:
            if entity.tenanted:
                relation = application.tenancy.relation
                conditions.append(f"{row.value(relation)} = {self.scene.tenant}")
            elif entity.name == USER:
                conditions.append(self._works_there(row))
        where = "\n  AND ".join(conditions)
        return TextBlock(block(f"SELECT 1\n{source}\nWHERE {where}"), bool(symbols), symbols)

    def _works_there(self, row: Row) -> str:
        """The user is a member of the tenant."""
        application = self.scene.application
        assert application.tenancy is not None
        members = application.entities[application.tenancy.tenant].members
        assert members is not None
        inner = row.inner(application.entities[members.through])
        place, user = inner.value(members.place_relation), inner.value(members.user_relation)
        return (
            f"EXISTS (\n    SELECT {inner.source}\n"
            f"    WHERE {place} = {self.scene.tenant} AND {user} = {row.id}\n)"
        )


def given_attribute(given: ValueInput | RefInput) -> str:
    """The attribute of an input in the model of the body: references end in `_id`."""
    return f"{given.name}_id" if isinstance(given, RefInput) else attribute_name(given.name)


def given_value(source: str, given: ValueInput | RefInput) -> Expression:
    """The value of an input as statements take it; `source` is the variable with the body."""
    value = attribute(source, given_attribute(given))
    if not isinstance(given, ValueInput) or given.field.type not in _JSON:
        return value
    stored = call(imported("psycopg.types.json", "Json"), value)
    if not given.field.optional:
        return stored
    return Conditional(Infix("is", (value, NONE)), NONE, stored)
