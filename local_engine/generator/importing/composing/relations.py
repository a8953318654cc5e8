"""Foreign keys as relations, and tables of pairs as links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft
from local_engine.generator.importing.naming import description, member_name, snake
from local_engine.generator.importing.report import Account
from local_engine.generator.importing.sql.tables import ForeignKey, Table

_KEY_ENDING = re.compile(r"_(?:id|uuid|fk|key|code|no)$")


def relation_name(column: str) -> str:
    """`customer_id` and `customerId` are `customer`."""
    name = snake(column, "relation")
    return _KEY_ENDING.sub("", name) or name


def add_relation(
    draft: Draft, entity: EntityDraft, table: Table, key: ForeignKey, targets: Mapping[str, str]
) -> str | None:
    """Adds the relation of a foreign key; gives its name, None where there is none.

    `targets` gives entities by the keys of their tables.
    """
    account = draft.account
    source = f"{table.key}.{', '.join(key.columns)}"
    target = targets.get(key.table)
    if target is None:
        account.left_out(source, f"it refers to {key.table}, which is not in the source")
        return None
    if entity.name == USER:
        account.left_out(source, "users have fields only: relate other entities to them instead")
        return None
    column = table.columns[key.columns[-1]]
    name = member_name(relation_name(column.name), entity.name, entity.members, relation=True)
    if name == "user" and target != USER:
        name = member_name(f"{name}_{snake_case(target)}", entity.name, entity.members)
    data: dict[str, Any] = {"to": target}
    path = f"{entity.path}.relations.{name}"
    if column.nullable:
        data["optional"] = True
    if table.is_unique(column.name):
        data["unique"] = True
    if column.comment:
        data["description"] = description(column.comment)
    _on_delete(account, data, key, source, path)
    entity.relations[name] = data
    if len(key.columns) > 1:
        account.assumed(source, path, "a key of several columns: the last one is the relation")
    else:
        account.taken(source, path, f"to {target}")
    return name


def _on_delete(
    account: Account, data: dict[str, Any], key: ForeignKey, source: str, path: str
) -> None:
    action = key.on_delete
    if data["to"] == USER:
        if action in ("CASCADE", "SET NULL"):
            account.left_out(
                f"{source}: ON DELETE {action}", "users are deactivated, never deleted", path
            )
    elif action == "CASCADE":
        data["on_delete"] = "cascade"
    elif action == "SET NULL" and data.get("optional"):
        data["on_delete"] = "set null"
    elif action == "SET DEFAULT":
        account.left_out(f"{source}: ON DELETE SET DEFAULT", "restrict is taken instead", path)


def add_links(draft: Draft, table: Table, targets: Mapping[str, str]) -> None:
    """Adds the links of a table of pairs to the entity of its first column."""
    first, second = sorted(
        table.foreign_keys, key=lambda key: list(table.columns).index(key.columns[0])
    )
    entity, target = draft.entities[targets[first.table]], targets[second.table]
    wanted = plural(relation_name(second.columns[0]))
    name = member_name(wanted, entity.name, entity.members)
    entity.relations[name] = {"links": target}
    path = f"{entity.path}.relations.{name}"
    draft.account.taken(table.key, path, f"pairs of {entity.name} and {target}")
    pair = {first.columns[0], second.columns[0]}
    for column in table.columns:
        where = f"{table.key}.{column}"
        if column in pair:
            draft.account.taken(where, path, "one side of the pair")
        else:
            draft.account.left_out(where, "a pair has nothing but its two rows", path)
