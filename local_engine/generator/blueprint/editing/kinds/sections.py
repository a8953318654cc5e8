"""Edits of operations, reports, feeds, jobs, e-mails and webhooks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import (
    BaseEdit,
    Refusal,
    refuse_taken,
    refuse_unknown,
)
from local_engine.generator.blueprint.editing.references import Part
from local_engine.generator.blueprint.editing.renaming import rename_part
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Email, Feed, Job, Node, Operation, Report
from local_engine.generator.blueprint.problems import Path

_NAME = "Its name."
_SECTIONS = {
    "operation": "operations",
    "report": "reports",
    "feed": "feeds",
    "job": "jobs",
    "email": "emails",
}


class _Defining(BaseEdit):
    """Adds or replaces something that has a name and a definition."""

    name: str = Key(description=_NAME)

    def _put(self, sheet: Sheet, definition: Node) -> None:
        verb, _, what = self.edit.partition("_")
        path = (_SECTIONS[what], self.name)
        if verb == "change":
            _require(sheet, what, self.name)
            sheet.put(path, definition.plain())
        else:
            sheet.add(path, definition.plain(), after=None, key="name", what=what)


class DefineOperation(_Defining):
    """Adds an operation, or says anew what it does."""

    edit: Literal["add_operation", "change_operation"]
    definition: Operation = Key(description="What it does.")

    def apply(self, sheet: Sheet) -> None:
        """Adds or replaces it."""
        self._put(sheet, self.definition)


class DefineReport(_Defining):
    """Adds a report, or says anew what it tells."""

    edit: Literal["add_report", "change_report"]
    definition: Report = Key(description="What it tells.")

    def apply(self, sheet: Sheet) -> None:
        """Adds or replaces it."""
        self._put(sheet, self.definition)


class DefineFeed(_Defining):
    """Adds a feed, or says anew what it lists."""

    edit: Literal["add_feed", "change_feed"]
    definition: Feed = Key(description="What it lists.")

    def apply(self, sheet: Sheet) -> None:
        """Adds or replaces it."""
        self._put(sheet, self.definition)


class DefineJob(_Defining):
    """Adds a job, or says anew what it does."""

    edit: Literal["add_job", "change_job"]
    definition: Job = Key(description="What it does, and when.")

    def apply(self, sheet: Sheet) -> None:
        """Adds or replaces it."""
        self._put(sheet, self.definition)


class DefineEmail(_Defining):
    """Adds an e-mail template, or says anew what it holds."""

    edit: Literal["add_email", "change_email"]
    definition: Email = Key(description="Its subject and text.")

    def apply(self, sheet: Sheet) -> None:
        """Adds or replaces it."""
        self._put(sheet, self.definition)


class RemoveSection(BaseEdit):
    """Removes an operation, report, feed, job or e-mail."""

    edit: Literal["remove_operation", "remove_report", "remove_feed", "remove_job", "remove_email"]
    name: str = Key(description=_NAME)

    def apply(self, sheet: Sheet) -> None:
        """Removes it; where it is still named, the Blueprint's own check says so."""
        sheet.remove(_require(sheet, self.edit.partition("_")[2], self.name))


class RenameSection(BaseEdit):
    """Renames an operation, report, feed, job or e-mail."""

    edit: Literal["rename_operation", "rename_report", "rename_feed", "rename_job", "rename_email"]
    name: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it, and what sends it."""
        what = self.edit.partition("_")[2]
        path = _require(sheet, what, self.name)
        if self.to in sheet.data[_SECTIONS[what]]:
            refuse_taken("to", what, self.to)
        rename_part(sheet, Part(what, self.name), self.to, lambda: sheet.rename(path, self.to))


class AddWebhook(BaseEdit):
    """Adds a webhook that effects can call."""

    edit: Literal["add_webhook"] = "add_webhook"
    name: str = Key(description=_NAME)

    def apply(self, sheet: Sheet) -> None:
        """Adds it as the last one."""
        if self.name in _webhooks(sheet):
            refuse_taken("name", "webhook", self.name)
        sheet.append(("webhooks",), self.name)


class RemoveWebhook(BaseEdit):
    """Removes a webhook that no effect calls any more."""

    edit: Literal["remove_webhook"] = "remove_webhook"
    name: str = Key(description=_NAME)

    def apply(self, sheet: Sheet) -> None:
        """Removes it."""
        sheet.remove(("webhooks", _webhook(sheet, self.name)))


class RenameWebhook(BaseEdit):
    """Renames a webhook and what calls it; the names of its settings change too."""

    edit: Literal["rename_webhook"] = "rename_webhook"
    name: str = Key(description="Its name now.")
    to: str = Key(description="Its new name.")

    def apply(self, sheet: Sheet) -> None:
        """Renames it."""
        path = ("webhooks", _webhook(sheet, self.name))
        if self.to in _webhooks(sheet):
            raise Refusal("to", "name-clash", f"There is a webhook `{self.to}` already.")
        rename_part(sheet, Part("webhook", self.name), self.to, lambda: sheet.put(path, self.to))


def _require(sheet: Sheet, what: str, name: str) -> Path:
    known = sheet.data.get(_SECTIONS[what], {})
    if name not in known:
        refuse_unknown("name", what, name, known)
    return _SECTIONS[what], name


def _webhooks(sheet: Sheet) -> list[str]:
    found = sheet.at(("webhooks",))
    return found if isinstance(found, list) else []


def _webhook(sheet: Sheet, name: str) -> int:
    known = _webhooks(sheet)
    if name not in known:
        refuse_unknown("name", "webhook", name, known)
    return known.index(name)
