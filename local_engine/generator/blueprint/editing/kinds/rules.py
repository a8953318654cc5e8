"""Edits of the rules of entities."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from pydantic import Field as Key

from local_engine.generator.blueprint.editing.edit import BaseEdit, refuse_unknown
from local_engine.generator.blueprint.editing.sheet import Sheet
from local_engine.generator.blueprint.model import Rule
from local_engine.generator.blueprint.model.rule import RULE_KEYS

_WHICH = "Its id without the entity: `unique`, `check_2`, or the `id` that it says."


class AddRule(BaseEdit):
    """Adds a rule."""

    edit: Literal["add_rule"] = "add_rule"
    entity: str = Key(description="The entity.")
    rule: Rule = Key(description="The rule.")

    def apply(self, sheet: Sheet) -> None:
        """Adds it as the last one, so that the ids of the others stay."""
        sheet.entity(self.entity)
        sheet.append(("entities", self.entity, "rules"), self.rule.plain())


class RemoveRule(BaseEdit):
    """Removes a rule."""

    edit: Literal["remove_rule"] = "remove_rule"
    entity: str = Key(description="The entity.")
    rule: str = Key(description=_WHICH)

    def apply(self, sheet: Sheet) -> None:
        """Removes it."""
        sheet.remove(("entities", self.entity, "rules", _index(sheet, self.entity, self.rule)))


class ChangeRule(BaseEdit):
    """Puts another rule in the place of one."""

    edit: Literal["change_rule"] = "change_rule"
    entity: str = Key(description="The entity.")
    rule: str = Key(description=_WHICH)
    definition: Rule = Key(description="What it says from now on.")

    def apply(self, sheet: Sheet) -> None:
        """Replaces it."""
        index = _index(sheet, self.entity, self.rule)
        sheet.put(("entities", self.entity, "rules", index), self.definition.plain())


def rule_ids(rules: list[dict[str, Any]]) -> list[str]:
    """The ids of rules in their order, without the entity (docs/blueprint.md §6)."""
    counts: Counter[str] = Counter()
    ids = []
    for rule in rules:
        kind = next(key for key in RULE_KEYS if key in rule)
        if "id" in rule:
            ids.append(str(rule["id"]))
            continue
        counts[kind] += 1
        ids.append(kind if counts[kind] == 1 else f"{kind}_{counts[kind]}")
    return ids


def _index(sheet: Sheet, entity: str, rule: str) -> int:
    ids = rule_ids(sheet.entity(entity).get("rules", []))
    if rule not in ids:
        refuse_unknown("rule", "rule", rule, ids)
    return ids.index(rule)
