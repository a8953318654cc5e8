"""Edits of the product as a whole: its name, its settings, its accounts, roles and tenancy."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import BaseEdit, Refusal, refuse_unknown
from local_engine.generator.blueprint.editing.references import Part, references
from local_engine.generator.blueprint.editing.renaming import note_earlier_words, rename_part
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Tenancy
from local_engine.generator.blueprint.problems import path_text


class SetProduct(BaseEdit):
    """Names and describes the product; what is left out stays as it is."""

    edit: Literal["set_product"] = "set_product"
    name: str | None = Key(default=None, description="What people call it.")
    description: str | None = Key(default=None, description="What it is.")
    currency: str | None = Key(default=None, description="An ISO 4217 code.")
    time_zone: str | None = Key(default=None, description="An IANA name.")

    def apply(self, sheet: Sheet) -> None:
        """Sets what is given."""
        given = {key: value for key, value in self.plain().items() if key != "edit"}
        if not given:
            raise Refusal("edit", "nothing-to-do", "Say what to set: name, description, ...")
        for key, value in given.items():
            sheet.put((key,), value)


class SetAccounts(BaseEdit):
    """Says who may have an account; what is left out stays as it is."""

    edit: Literal["set_accounts"] = "set_accounts"
    sign_up: Literal["open", "invite", "closed"] | None = Key(
        default=None, description="Whether everybody may register, only who is invited, or nobody."
    )
    default_role: str | None = Key(
        default=None, description="The role of who registers; an empty text for none."
    )

    def apply(self, sheet: Sheet) -> None:
        """Sets what is given."""
        if self.sign_up is None and self.default_role is None:
            raise Refusal("edit", "nothing-to-do", "Say what to set: sign_up or default_role.")
        if self.sign_up is not None:
            sheet.put(("accounts", "sign_up"), self.sign_up)
        if self.default_role is not None:
            sheet.put(("accounts", "default_role"), self.default_role or None)


class AddRole(BaseEdit):
    """Adds a role of the whole system."""

    edit: Literal["add_role"] = "add_role"
    role: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it as the last one."""
        if self.role in _roles(sheet) or self.role == "admin":
            raise Refusal("role", "name-clash", f"There is a role `{self.role}` already.")
        sheet.append(("accounts", "roles"), self.role)


class RemoveRole(BaseEdit):
    """Removes a role that nothing names any more."""

    edit: Literal["remove_role"] = "remove_role"
    role: str = Key(description="Its name.")

    def apply(self, sheet: Sheet) -> None:
        """Removes it; a name that stays could be taken for a relation of that name."""
        _require_role(sheet, self.role)
        named = [
            path_text(found.path)
            for found in references(sheet.blueprint)
            if found.part == Part("role", self.role) and found.path[0] != "accounts"
        ]
        if named:
            message = f"`{self.role}` is still named in {', '.join(named)}: change that first."
            raise Refusal("role", "in-use", message)
        sheet.remove(("accounts", "roles", _roles(sheet).index(self.role)))
        note_earlier_words(sheet, ("accounts",), self.role, None, ())
        if sheet.at(("accounts", "default_role")) == self.role:
            sheet.put(("accounts", "default_role"), None)


class RenameRole(BaseEdit):
    """Renames a role wherever it is named."""

    edit: Literal["rename_role"] = "rename_role"
    role: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it and notes what it was, so that users who have the role keep it."""
        _require_role(sheet, self.role)
        if self.to in _roles(sheet):
            raise Refusal("to", "name-clash", f"There is a role `{self.to}` already.")
        index = _roles(sheet).index(self.role)
        path = ("accounts", "roles", index)
        rename_part(sheet, Part("role", self.role), self.to, lambda: sheet.put(path, self.to))
        known = sheet.base.accounts.roles
        note_earlier_words(sheet, ("accounts",), self.role, self.to, known)


class SetTenancy(BaseEdit):
    """Keeps the data of tenants apart, or (with null) no longer."""

    edit: Literal["set_tenancy"] = "set_tenancy"
    tenancy: Tenancy | None = Key(description="Who the tenants are; null for none.")

    def apply(self, sheet: Sheet) -> None:
        """Sets or removes it."""
        value: Any = self.tenancy.plain() if self.tenancy is not None else None
        sheet.put(("tenancy",), value)


def _roles(sheet: Sheet) -> list[str]:
    found = sheet.at(("accounts", "roles"))
    return found if isinstance(found, list) else []


def _require_role(sheet: Sheet, role: str) -> None:
    if role not in _roles(sheet):
        refuse_unknown("role", "role", role, _roles(sheet))
