"""`schemas.py` of an entity: what clients send and get, as pydantic models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import (
    Application,
    Entity,
    Field,
    FieldType,
    LiteralDefault,
    ToOne,
)
from local_engine.generator.emit.fastapi.entities.annotations import (
    Annotations,
    attribute_name,
    reference_type,
    value_expression,
)
from local_engine.generator.emit.fastapi.resources import Resource
from local_engine.generator.emit.fastapi.sql.documents import document_keys
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.fastapi.sql.text import TRUE
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Blank,
    Class,
    Expression,
    Infix,
    Module,
    Name,
    Sequence,
    Statement,
    Subscript,
    call,
    const,
    imported,
    subscript,
    union,
)
from local_engine.generator.emit.relational.names import field_column, relation_column

BODY = "app.core.body"
_JSON = (FieldType.JSON, FieldType.LIST)


@dataclass(frozen=True)
class Member:
    """One attribute of a body: a field, or a reference to a row.

    `key` is its name in JSON, `attribute` in Python, `column` in the table.
    """

    key: str
    column: str
    optional: bool
    immutable: bool
    field: Field | None = None
    relation: ToOne | None = None

    @property
    def name(self) -> str:
        """The name of the field or relation."""
        part = self.field or self.relation
        return part.name if part is not None else self.key

    @property
    def attribute(self) -> str:
        """The name in Python."""
        return attribute_name(self.key)

    @property
    def guarded(self) -> bool:
        """Whether only some actors may send it."""
        part = self.field or self.relation
        return part is not None and part.editable_by is not None

    @property
    def default(self) -> Expression | None:
        """The constant that stands for it when it is left out; None if it must be worked out."""
        if self.field is not None and self.field.default is not None:
            default = self.field.default
            return value_expression(default.value) if isinstance(default, LiteralDefault) else None
        return NONE

    @property
    def required(self) -> bool:
        """Whether a body that creates a row must have it."""
        if self.relation is not None:
            return not self.optional
        return self.field is not None and self.field.required_on_create


def body_members(entity: Entity) -> Iterator[Member]:
    """What a client may ever send of a row, in the order of the Blueprint."""
    state = entity.states.field if entity.states else None
    for field in entity.fields.values():
        if not field.read_only and field.name != state:
            column = field_column(field)
            yield Member(field.name, column, field.optional, field.immutable, field=field)
    for relation in entity.to_one.values():
        if not relation.implicit and relation.name not in (entity.owner, entity.part_of):
            column = relation_column(relation.name)
            yield Member(column, column, relation.optional, relation.immutable, relation=relation)


@dataclass(frozen=True)
class Schemas:
    """The schemas of one entity, and the module that they are written to."""

    application: Application
    resource: Resource

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """What clients may send."""
        return tuple(body_members(self.resource.entity))

    @cached_property
    def changeable(self) -> tuple[Member, ...]:
        """What clients may send to change a row."""
        return tuple(member for member in self.members if not member.immutable)

    @property
    def module_name(self) -> str:
        """The dotted name of the module."""
        return f"{self.resource.package}.schemas"

    def model(self, suffix: str = "") -> Expression:
        """The class of answers, or that with a suffix: Page, Create, Update."""
        return imported(self.module_name, f"{self.resource.name}{suffix}")

    def module(self) -> Module:
        """The module."""
        resource, actions = self.resource, self.resource.entity.actions
        module = Module(self.module_name, f"What clients send and get for {resource.a_row}.")
        for name, value in self._aliases.values():
            module.assign(name, value)
        if "create" in actions or "update" in actions:
            module.assign("READ_ONLY", call("frozenset", _set_of(self._read_only())))
        module.define(self._answer())
        module.define(self._page())
        if "create" in actions:
            module.define(self._create())
        if "update" in actions:
            module.define(self._update())
        return module

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, Expression]]:
        taken = {f"{self.resource.name}{end}" for end in ("", "Page", "Create", "Update")}
        return type_aliases(self.members, taken, self.application)

    def _type(self, member: Member) -> Expression:
        """What a body takes for a member, null included where it is optional."""
        if member.field is None:
            kind = reference_type()
        elif member.key in self._aliases:
            kind = Name(self._aliases[member.key][0])
        else:
            kind = Annotations(self.application).taken(member.field)
        return union(kind, NONE) if member.optional else kind

    def _read_only(self) -> list[str]:
        """Keys of answers that no client may send."""
        sent = {member.key for member in self.members}
        return [key for key, _ in self._shown() if key not in sent]

    def _shown(self) -> Iterator[tuple[str, Statement]]:
        """The keys of answers, with the attributes that describe them."""
        entity = self.resource.entity
        for key in document_keys(Row.of(self.application, entity)):
            kind = self._shown_type(key.name)
            always = key.visible == TRUE
            default = None if always else call(imported(BODY, "absent"))
            yield key.name, attribute_statement(key.name, kind, default)

    def _shown_type(self, key: str) -> Expression:
        entity = self.resource.entity
        if key in entity.fields:
            return Annotations(self.application).shown(entity.fields[key])
        if key in ("created_at", "updated_at"):
            return imported("datetime", "datetime")
        if entity.states is not None and key == entity.states.field:
            return subscript(imported("typing", "Literal"), *map(const, entity.states.values))
        relation = next((r for r in entity.to_one.values() if relation_column(r.name) == key), None)
        kind = imported("uuid", "UUID")
        return union(kind, NONE) if relation is not None and relation.optional else kind

    def _answer(self) -> Class:
        a_row = self.resource.a_row
        told = (
            self.resource.entity.description or f"{a_row[:1].upper()}{a_row[1:]} as readers see it."
        )
        body = tuple(statement for _, statement in self._shown())
        model = imported("pydantic", "BaseModel")
        return Class(self.resource.name, (model,), body, _closed(told))

    def _page(self) -> Class:
        body = (
            Assign("items", None, subscript("list", self.resource.name)),
            Assign("next_cursor", None, union("str", NONE)),
        )
        docstring = f"One page of {self.resource.plural_words}."
        name = f"{self.resource.name}Page"
        return Class(name, (imported("pydantic", "BaseModel"),), body, docstring)

    @cached_property
    def emailed(self) -> str | None:
        """The key of an e-mail address that a new row may give in place of a user's id."""
        relation = self.application.added_by_email(self.resource.entity)
        return None if relation is None else f"{relation}_email"

    def _create(self) -> Class:
        body = [_read_only_attribute(Name("READ_ONLY")), *self._json_columns(self.members)]
        base = imported(BODY, "Input")
        person = None if self.emailed is None else self.emailed.removesuffix("_email")
        if person is not None:
            base = imported("app.rows.members", "MemberInput")
            kind = subscript(imported("typing", "ClassVar"), "str")
            body.append(Assign("person", const(person), kind))
        absent = call(imported(BODY, "absent"))
        for member in self.members:
            default = None if member.required else member.default or absent
            if person is not None and member.name == person:
                default = absent
            body.append(attribute_statement(member.key, self._type(member), default))
        if self.emailed is not None:
            address = Annotations(self.application).taken(Field(self.emailed, FieldType.EMAIL))
            body.append(Assign(self.emailed, absent, address))
        docstring = f"A new {self.resource.words}."
        name = f"{self.resource.name}Create"
        return Class(name, (base,), _spaced(body), docstring)

    def _json_columns(self, members: Iterable[Member]) -> Iterator[Assign]:
        """The attributes that are stored as jsonb."""
        names = [m.attribute for m in members if m.field is not None and m.field.type in _JSON]
        if names:
            kind = subscript(imported("typing", "ClassVar"), subscript("frozenset", "str"))
            yield Assign("json_columns", call("frozenset", _set_of(names)), kind)

    def _update(self) -> Class:
        fixed = [member.key for member in self.members if member.immutable]
        refused: Expression = Name("READ_ONLY")
        if fixed:
            refused = Infix("|", (refused, _set_of(fixed)))
        body = [_read_only_attribute(refused), *self._json_columns(self.changeable)]
        for member in self.changeable:
            body.append(
                attribute_statement(member.key, self._type(member), call(imported(BODY, "absent")))
            )
        docstring = f"Changes of {self.resource.a_row}; what is not given stays."
        name = f"{self.resource.name}Update"
        return Class(name, (imported(BODY, "Patch"),), _spaced(body), docstring)


def type_aliases(
    members: Iterable[Member], taken: Iterable[str], application: Application
) -> dict[str, tuple[str, Expression]]:
    """The types that get a name in the module: key → name and type."""
    names = set(taken)
    annotations = Annotations(application)
    found: dict[str, tuple[str, Expression]] = {}
    for member in members:
        if member.field is None:
            continue
        kind = annotations.taken(member.field)
        if isinstance(kind, Subscript):
            name = "".join(part.capitalize() for part in member.key.split("_"))
            while name in names:
                name += "Value"
            names.add(name)
            found[member.key] = (name, kind)
    return found


def attribute_statement(key: str, kind: Expression, default: Expression | None) -> Assign:
    """An attribute of a model; one whose name Python has taken gets an alias."""
    name = attribute_name(key)
    if name == key:
        return Assign(name, default, kind)
    alias = call(imported("pydantic", "Field"), alias=const(key))
    return Assign(name, default, subscript(imported("typing", "Annotated"), kind, alias))


def _read_only_attribute(value: Expression) -> Assign:
    kind = subscript(imported("typing", "ClassVar"), subscript("frozenset", "str"))
    return Assign("read_only", value, kind)


def _spaced(body: list[Assign]) -> tuple[Statement, ...]:
    """The class variables apart from the fields."""
    fields = [statement for statement in body if not _is_class_variable(statement)]
    variables = [statement for statement in body if _is_class_variable(statement)]
    return (*variables, Blank(), *fields) if fields else tuple(variables)


def _is_class_variable(statement: Assign) -> bool:
    return statement.target in ("read_only", "json_columns", "person")


def _set_of(keys: list[str]) -> Sequence:
    return Sequence(tuple(const(key) for key in keys), "{}")


def _closed(text: str) -> str:
    """The text as the first sentence of a docstring."""
    stripped = text.strip()
    return stripped if stripped[-1:] in ".!?" else f"{stripped}."
