"""One table as one entity: its columns, keys and conditions."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from local_engine.generator.importing.composing.columns import ColumnFields
from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft
from local_engine.generator.importing.composing.relations import add_relation
from local_engine.generator.importing.naming import snake
from local_engine.generator.importing.sql.conditions import limit_of
from local_engine.generator.importing.sql.expressions import (
    Translator,
    Untranslatable,
    columns_of,
    conjuncts,
    guarded,
)
from local_engine.generator.importing.sql.tables import (
    Column,
    Domain,
    ForeignKey,
    Schema,
    Table,
    UniqueKey,
)
from local_engine.generator.importing.sql.types import enum_field

_CREATED = ("created_at", "created", "created_on", "date_created", "inserted_at", "creation_date")
_UPDATED = ("updated_at", "updated", "updated_on", "modified_at", "last_modified", "date_modified")
_NUMBER_KINDS = ("INT", "BIGINT", "SMALLINT", "UINT", "UBIGINT", "MEDIUMINT", "TINYINT")


class TableComposer:
    """Fills the entity of one table."""

    def __init__(
        self, draft: Draft, schema: Schema, table: Table, entity: EntityDraft,
        targets: Mapping[str, str], fields: ColumnFields | None = None,
    ) -> None:  # fmt: skip
        self._draft = draft
        self._account = draft.account
        self._schema = schema
        self._table = table
        self._entity = entity
        self._targets = targets
        self._fields = fields or ColumnFields(schema, table, entity)
        self._relations: dict[str, str] = {}

    def compose(self) -> None:
        """Takes everything of the table."""
        if self._entity.name != USER:
            self._columns()
        self._keys_of_users()
        self._computed()
        self._conditions()
        self._uniques()
        self._exclusions()
        self._indexes()

    def _columns(self) -> None:
        keys = {key.columns[-1]: key for key in self._table.foreign_keys}
        for column in self._table.columns.values():
            source = f"{self._table.key}.{column.name}"
            key = keys.get(column.name)
            if key is not None and self._relation(column, key):
                continue
            built_in = self._built_in(column)
            if built_in is not None:
                self._account.taken(source, self._entity.path, built_in)
                continue
            self._fields.add(column)

    def _relation(self, column: Column, key: ForeignKey) -> bool:
        if key.table == "files" and key.table not in self._targets:
            return self._fields.add_file(column)
        name = add_relation(self._draft, self._entity, self._table, key, self._targets)
        if name is not None:
            self._relations[column.name] = name
        return name is not None

    def _built_in(self, column: Column) -> str | None:
        """What every row has by itself in place of the column; None for a column of its own."""
        name, kind = snake(column.name, ""), column.type.this.name if column.type else ""
        if self._table.primary_key == (column.name,):
            counted = column.identity or kind in ("UUID", "") or kind in _NUMBER_KINDS
            if name == "id" or counted:
                return "every row has an `id`, a UUID" + (
                    "" if kind == "UUID" else "; the numbers of present rows are not kept"
                )
        if kind.startswith(("TIMESTAMP", "DATETIME")):
            if name in _CREATED and (name == "created_at" or column.default is not None):
                return "`created_at` is kept by itself"
            if name in _UPDATED:
                return "`updated_at` is kept by itself"
        if name == "version" and kind in _NUMBER_KINDS:
            return "`version` is kept by itself"
        return None

    def _keys_of_users(self) -> None:
        """Says of each key of the table of accounts that users have fields only."""
        if self._entity.name == USER:
            for key in self._table.foreign_keys:
                add_relation(self._draft, self._entity, self._table, key, self._targets)

    def _computed(self) -> None:
        for column in self._table.columns.values():
            if column.computed is not None:
                self._fields.compute(column)

    def _conditions(self) -> None:
        for column in self._table.columns.values():
            domain = self._domain(column)
            for demanded in domain.conditions if domain else ():
                value = exp.column(exp.to_identifier(column.name, quoted=True))
                renamed = demanded.transform(
                    lambda node, value=value: (
                        value.copy()
                        if isinstance(node, exp.Column) and node.name.upper() == "VALUE"
                        else node
                    )
                )
                for part in conjuncts(renamed):
                    self._condition(part, f"{self._table.key}.{column.name}")
            if domain is not None and not domain.nullable and column.name in self._fields.data:
                self._fields.data[column.name].pop("optional", None)
        for condition in self._table.conditions:
            source = f"{self._table.key}: CHECK {condition.name}".rstrip()
            for part in conjuncts(condition.expression):
                self._condition(part, source)

    def _domain(self, column: Column) -> Domain | None:
        if column.type is None or column.type.this.name != "USERDEFINED":
            return None
        name = column.type.sql("postgres").rsplit(".", 1)[-1].strip('"')
        return self._schema.domains.get(name)

    def _condition(self, tree: exp.Expr, source: str) -> None:
        limit = limit_of(tree, self._fields.data)
        made = limit is not None and "computed" in self._fields.data[limit.column]
        if limit is not None and not (made and limit.options):
            name = self._fields.names[limit.column]
            path = f"{self._entity.path}.fields.{name}"
            self._limit(limit.column, limit.options)
            self._account.taken(source, path, tree.sql("postgres")[:120])
            return
        try:
            text = Translator(self._fields.names, self._fields.renamed_values).translate(tree)
        except Untranslatable as reason:
            if self._entity.name == USER and set(columns_of(tree)) == {"role"}:
                self._account.taken(source, "accounts.roles", tree.sql("postgres")[:120])
                return
            self._account.left_out(f"{source}: {tree.sql('postgres')[:120]}", str(reason))
            return
        if self._entity.name == USER:
            self._account.left_out(f"{source}: {text}", "users have no rules of their own")
            return
        text = guarded(text, tree, self._optional_field)
        self._entity.rules.append({"check": text})
        path = f"{self._entity.path}.rules.{len(self._entity.rules) - 1}"
        self._account.taken(source, path, text)

    def _optional_field(self, column: str) -> str | None:
        data = self._fields.data.get(column)
        return self._fields.names[column] if data and data.get("optional") else None

    def _limit(self, column: str, options: dict[str, object]) -> None:
        data = self._fields.data[column]
        values = options.pop("enum", None)
        if isinstance(values, list):
            typed = enum_field(values)
            self._fields.renamed_values[column] = typed.renamed
            data.pop("max", None)
            data.update(typed.data)
            if isinstance(data.get("default"), str):
                data["default"] = typed.renamed.get(data["default"], data["default"])
        data.update(options)
        longest = data.get("max")
        if data["type"] == "text" and isinstance(longest, int) and longest <= 255:
            data["type"] = "string"
        if data["type"] == "string" and data.get("min") == 1:
            del data["min"]

    def _uniques(self) -> None:
        composite = len(self._table.primary_key) > 1
        keys = [UniqueKey(self._table.primary_key, name="primary key")] if composite else []
        natural = self._table.primary_key
        if len(natural) == 1 and natural[0] in self._fields.names:
            keys.append(UniqueKey(natural, name="primary key"))
        seen: list[tuple[str, ...]] = []
        for key in [*keys, *self._table.uniques]:
            if key.where is not None or key.columns not in seen:
                self._unique(key)
            seen.append(key.columns)

    def _unique(self, key: UniqueKey) -> None:
        source = f"{self._table.key}: unique ({', '.join(key.columns)})"
        members = {**self._fields.names, **self._relations}
        if any(self._is_row_id(column) for column in key.columns):
            self._account.taken(source, self._entity.path, "an `id` is unique by itself")
            return
        names = [members.get(column) for column in key.columns]
        if None in names:
            built_in = self._entity.name == USER and key.columns[0].lower() in ("email", "id")
            if built_in:
                self._account.taken(source, self._entity.path, "the address of a user is unique")
            else:
                self._account.left_out(source, "a column of it is not in the Blueprint")
            return
        if len(names) == 1 and key.where is None:
            self._unique_member(key.columns[0], source)
            return
        self._unique_rule(key, [str(name) for name in names], source)

    def _is_row_id(self, column: str) -> bool:
        return (column,) == self._table.primary_key and column not in self._fields.names | (
            self._relations
        )

    def _unique_member(self, column: str, source: str) -> None:
        if column in self._relations:
            name = self._relations[column]
            self._entity.relations[name]["unique"] = True
            self._account.taken(source, f"{self._entity.path}.relations.{name}", "unique")
            return
        data, name = self._fields.data[column], self._fields.names[column]
        path = f"{self._entity.path}.fields.{name}"
        if data["type"] == "text":
            data["type"] = "string"
            self._account.assumed(
                source, path, "unique texts are strings of at most 255 characters"
            )
        if data["type"] in ("json", "list", "file"):
            self._account.left_out(source, f"a {data['type']} cannot be unique", path)
            return
        data["unique"] = True
        self._account.taken(source, path, "unique")

    def _unique_rule(self, key: UniqueKey, names: list[str], source: str) -> None:
        if self._entity.name == USER:
            self._account.left_out(source, "users have no rules of their own")
            return
        rule: dict[str, object] = {"unique": names}
        if key.where is not None:
            members = {**self._fields.names, **self._relations}
            try:
                rule["where"] = Translator(members, self._fields.renamed_values).translate(
                    key.where
                )
            except Untranslatable as reason:
                self._account.left_out(source, str(reason))
                return
        self._entity.rules.append(rule)
        path = f"{self._entity.path}.rules.{len(self._entity.rules) - 1}"
        self._account.taken(source, path, "unique together")

    def _exclusions(self) -> None:
        """Intervals that do not overlap; that each begins before it ends is part of that rule."""
        members = {**self._fields.names, **self._relations}
        for exclusion in self._table.exclusions:
            source = f"{self._table.key}: EXCLUDE {exclusion.name}".rstrip()
            columns = (exclusion.start, exclusion.end, *exclusion.equal)
            try:
                start, end, *per = [members[column] for column in columns]
                where = exclusion.where and Translator(
                    members, self._fields.renamed_values
                ).translate(exclusion.where)
            except (KeyError, Untranslatable) as reason:
                self._account.left_out(source, f"not all of it is in the Blueprint: {reason}")
                continue
            rule: dict[str, object] = {"no_overlap": [start, end]}
            rule |= {"per": per} if per else {}
            rule |= {"where": where} if where else {}
            order = ({"check": f"{start} < {end}"}, {"check": f"{end} > {start}"})
            self._entity.rules[:] = [one for one in self._entity.rules if one not in order]
            self._entity.rules.append(rule)
            self._account.taken(source, f"{self._entity.path}.rules", "no overlap")

    def _indexes(self) -> None:
        for index in self._table.indexes:
            source = f"{self._table.key}: index {index.name}".rstrip()
            if index.search:
                self._search(index.columns, source)
                continue
            column = index.columns[0] if index.columns else ""
            if column in self._relations:
                path = f"{self._entity.path}.relations.{self._relations[column]}"
                self._account.taken(source, path, "relations have an index by themselves")
                continue
            if column and column in self._table.columns and column not in self._fields.names:
                self._account.taken(source, self._entity.path, "what every row has is sorted by")
                continue
            data = self._fields.data.get(column)
            if data is None or data["type"] in ("text", "json", "list", "file"):
                reason = "indexes follow from what can be filtered, sorted and referred to"
                self._account.left_out(source, reason)
                continue
            name = self._fields.names[column]
            data["filter"] = True
            if data["type"] not in ("enum", "boolean"):
                data["sort"] = True
            path = f"{self._entity.path}.fields.{name}"
            self._account.assumed(source, path, "it has an index, so lists are filtered by it")

    def _search(self, columns: tuple[str, ...], source: str) -> None:
        """Words are looked for in the fields of these columns."""
        fields = [column for column in columns if self._fields.data.get(column, {}).get("type")
                  in ("string", "text", "slug", "email", "url")]  # fmt: skip
        for column in fields:
            self._fields.data[column]["search"] = True
            path = f"{self._entity.path}.fields.{self._fields.names[column]}"
            self._account.taken(source, path, "search")
        if not fields:
            self._account.left_out(source, "there is no text to look into")
