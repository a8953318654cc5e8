"""`app/profile.py`: how people join, roles, and the own fields of User."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cached_property

from local_engine.generator.blueprint.resolved import USER, Application, Entity, Field
from local_engine.generator.emit.fastapi.entities.annotations import Annotations, attribute_name
from local_engine.generator.emit.fastapi.entities.lists import list_field, value_type
from local_engine.generator.emit.fastapi.entities.schemas import (
    Member,
    attribute_statement,
    body_members,
    type_aliases,
)
from local_engine.generator.emit.fastapi.sql.documents import field_key, select_item
from local_engine.generator.emit.fastapi.sql.rows import Row
from local_engine.generator.emit.python import (
    NONE,
    Assign,
    Blank,
    Class,
    Dictionary,
    Expression,
    Infix,
    Module,
    Name,
    Sequence,
    Statement,
    attribute,
    call,
    const,
    imported,
    subscript,
    union,
)

ACCOUNTS = "app.accounts.profile"
_ALIAS = "u"
"""What statements of the accounts call the row of a user."""


@dataclass(frozen=True)
class ProfileModule:
    """Builds the module."""

    application: Application

    @property
    def _user(self) -> Entity:
        return self.application.entities[USER]

    @cached_property
    def _members(self) -> tuple[Member, ...]:
        return tuple(body_members(self._user))

    @property
    def _guarded(self) -> list[str]:
        """Own fields that nobody sends: a request is about one's own account."""
        return [member.key for member in self._members if member.guarded]

    @property
    def _shown(self) -> list[Field]:
        return [field for field in self._user.fields.values() if not field.private]

    def module(self) -> Module:
        """The module."""
        module = Module(
            "app.profile",
            "Accounts of this project: roles, how people join, and fields of their own.",
        )
        for name, kind in self._aliases.values():
            module.assign(name, kind)
        options = self._options()
        if self._user.fields:
            for key, definition in self._classes().items():
                module.define(definition)
                options[key] = Name(definition.name)
            options.update(self._columns())
        module.assign("PROFILE", call(imported(ACCOUNTS, "Profile"), **options))
        return module

    @cached_property
    def _aliases(self) -> dict[str, tuple[str, Expression]]:
        taken = {"AccountRegistration", "AccountUpdate", "Account", "PROFILE"}
        return type_aliases(self._members, taken, self.application)

    def _options(self) -> dict[str, Expression]:
        accounts = self.application.accounts
        options: dict[str, Expression] = {"sign_up": const(accounts.sign_up)}
        roles = tuple(role for role in accounts.roles if role != "admin")
        if roles:
            options["roles"] = call("frozenset", Sequence(tuple(map(const, roles)), "{}"))
        if accounts.default_role is not None:
            options["default_role"] = const(accounts.default_role)
        return options

    def _classes(self) -> dict[str, Class]:
        """The models of accounts with the own fields, by the option of the profile."""
        create: list[Assign] = []
        update: list[Assign] = []
        for member in self._members:
            if member.guarded:
                continue
            kind: Expression = self._type(member)
            default = None if member.required else member.default or _absent()
            create.append(attribute_statement(member.key, kind, default))
            if not member.immutable:
                update.append(attribute_statement(member.key, kind, _absent()))
        annotations = Annotations(self.application)
        answer = [
            attribute_statement(field.name, annotations.shown(field), None) for field in self._shown
        ]
        return {
            "registration": _extended(
                "AccountRegistration",
                "Registration",
                [*self._refused("Registration"), *create],
                "What somebody gives to join.",
            ),
            "update": _extended(
                "AccountUpdate",
                "UserUpdate",
                [*self._refused("UserUpdate"), *update],
                "What users may change of their own account.",
            ),
            "user": _extended(
                "Account", "User", answer, "An account as its owner and admins see it."
            ),
        }

    def _refused(self, base: str) -> Iterator[Statement]:
        """The own fields that are refused by name."""
        if self._guarded:
            own = Sequence(tuple(map(const, self._guarded)), "{}")
            refused = Infix("|", (attribute(imported(ACCOUNTS, base), "read_only"), own))
            kind = subscript(imported("typing", "ClassVar"), subscript("frozenset", "str"))
            yield Assign("read_only", refused, kind)
            yield Blank()

    def _type(self, member: Member) -> Expression:
        alias = self._aliases.get(member.key)
        assert member.field is not None
        kind = Name(alias[0]) if alias else Annotations(self.application).taken(member.field)
        return union(kind, NONE) if member.optional else kind

    def _columns(self) -> dict[str, Expression]:
        """Where the own fields are stored, shown, and listed by."""
        row = Row(self.application, self._user, _ALIAS)
        columns = tuple(
            (const(attribute_name(member.key)), const(member.column))
            for member in self._members
            if not member.guarded
        )
        found: dict[str, Expression] = {"columns": Dictionary(columns)}
        items = [select_item(field_key(row, field)) for field in self._shown]
        if items:
            found["document"] = const(", ".join(items))
        listed = tuple(
            (
                const(field.name),
                list_field(
                    row.value(field.name),
                    value_type(field),
                    filter=field.filter,
                    sort=field.sort,
                    nullable=field.optional,
                ),
            )
            for field in self._shown
            if field.filter or field.sort
        )
        if listed:
            found["list_fields"] = Dictionary(listed)
        return found


def _absent() -> Expression:
    return call(imported("app.core.body", "absent"))


def _extended(name: str, base: str, body: Many[Statement], docstring: str) -> Class:
    return Class(name, (imported(ACCOUNTS, base),), tuple(body), docstring)
