"""Resources as entities: fields, relations, parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local_engine.generator.blueprint.resolving.naming import plural, snake_case
from local_engine.generator.importing.composing.access import USER_WORDS, decide_access
from local_engine.generator.importing.composing.draft import USER, Draft, EntityDraft
from local_engine.generator.importing.naming import (
    description,
    entity_name,
    member_name,
    singular,
    snake,
)
from local_engine.generator.importing.openapi.fields import field_of
from local_engine.generator.importing.openapi.reading import Schemas
from local_engine.generator.importing.openapi.resources import Resource

_BUILT_IN = ("id", "created_at", "updated_at", "version")
_USER_BUILT_IN = (*_BUILT_IN, "email", "roles", "active", "password", "invitation")
_ID = re.compile(r"_(?:id|uuid)$")
_MAX_PARTS = 200
_MAX_NESTING = 4


class Composer:
    """Fills a draft from the resources of a document."""

    def __init__(self, draft: Draft, schemas: Schemas, resources: Mapping[str, Resource]) -> None:
        self._draft = draft
        self._account = draft.account
        self._schemas = schemas
        self._resources = resources
        self._entity_of: dict[str, str] = {}
        self._by_schema: dict[str, str] = {}
        self._taken = {"user"}

    def compose(self) -> None:
        """Names all entities, then fills them, then decides access."""
        for path, resource in self._resources.items():
            self._name(path, resource)
        for path, resource in self._resources.items():
            self._fill(self._draft.entities[self._entity_of[path]], resource)
        decide_access(self._draft)
        for path, resource in self._resources.items():
            self._limit_access(self._draft.entities[self._entity_of[path]], resource)

    def _name(self, path: str, resource: Resource) -> None:
        wanted = resource.schema_name or resource.segment
        word = singular(
            snake(re.sub(r"(?:Out|Read|Response|DTO|Dto|Detail)$", "", wanted), "thing")
        )
        name = USER if word == "user" else entity_name(word, self._taken)
        self._taken.add(snake_case(name))
        said = description(str(resource.read.get("description", "")))
        if name == USER or said.endswith(" as readers see it."):  # what generated projects say
            said = ""
        entity = EntityDraft(name, path, description=said)
        own = snake(resource.segment, "")
        if (
            name != USER
            and resource.parent is None
            and own != plural(snake_case(name))
            and own != word
        ):
            entity.plural = own
        self._draft.entities.setdefault(name, entity)
        self._entity_of[path] = name
        if resource.schema_name is not None:
            self._by_schema[resource.schema_name] = name
        self._account.taken(path, entity.path, "a collection with its rows")

    def _fill(self, entity: EntityDraft, resource: Resource) -> None:
        required = {name for sent in resource.written[:1] for name in sent.get("required", ())}
        if not resource.written:
            required = set(resource.read.get("required", ()))
        properties: dict[str, Any] = dict(resource.read.get("properties") or {})
        shown = set(properties)
        for sent in resource.written:
            properties |= sent.get("properties") or {}
        if resource.parent is not None and resource.parent in self._entity_of:
            self._part(entity, self._entity_of[resource.parent], properties)
        for name, schema in properties.items():
            written = any(name in (sent.get("properties") or {}) for sent in resource.written)
            needed = name in required or (not written and name in resource.read.get("required", ()))
            self._member(entity, name, schema, needed=needed, shown=name in shown or not shown)

    def _part(self, entity: EntityDraft, parent: str, properties: dict[str, Any]) -> None:
        if entity.name == USER or parent in (USER, entity.name):
            return
        name = snake_case(parent)
        entity.relations[name] = {"to": parent}
        entity.part_of = name
        for key in list(properties):
            if snake(key, "") == f"{name}_id":
                del properties[key]
        self._account.assumed(
            entity.source, f"{entity.path}.part_of", f"its path lies below that of {parent}"
        )

    def _member(
        self,
        entity: EntityDraft,
        key: str,
        schema: Any,
        *,
        needed: bool,
        shown: bool,
        depth: int = 0,
    ) -> None:
        name, source = snake(key, "value"), f"{entity.source}.{key}"
        if name in (_USER_BUILT_IN if entity.name == USER else _BUILT_IN):
            self._account.taken(source, entity.path, "every row has it by itself")
            return
        found = self._schemas.resolved(schema)
        if entity.name != USER and self._relation(entity, name, schema, found, source, needed):
            return
        if found.get("type") == "array" and self._rows(entity, name, found, source, depth):
            return
        if isinstance(found.get("items"), Mapping):
            found["items"] = self._schemas.resolved(found["items"])
        self._field(entity, name, found, source, needed=needed, shown=shown)

    def _field(
        self, entity: EntityDraft, name: str, schema: dict[str, Any], source: str, *,
        needed: bool, shown: bool,
    ) -> None:  # fmt: skip
        typed = field_of(name, schema)
        own = member_name(name, entity.name, entity.members)
        path = f"{entity.path}.fields.{own}"
        missing = schema.get("nullable") or not (needed or "default" in typed.data)
        if missing and typed.data["type"] != "file":
            typed.data["optional"] = True
        if not shown:
            typed.data["private"] = True
            typed.assumed.append("it is sent but never answered: private")
        entity.fields[own] = typed.data
        if own != name:
            typed.assumed.append(f"{name} is called `{own}`")
        if schema.get("readOnly"):
            typed.assumed.append("it was read-only: say `computed` or `derived`, or a state")
        if typed.assumed:
            self._account.assumed(source, path, "; ".join(typed.assumed))
        else:
            self._account.taken(source, path, str(typed.data["type"]))

    def _relation(
        self, entity: EntityDraft, name: str, schema: Any, found: Mapping[str, Any],
        source: str, needed: bool,
    ) -> bool:  # fmt: skip
        """A reference to another entity: by a schema, or by a name that ends with `_id`."""
        target = self._by_schema.get(self._schemas.name_of(schema) or "")
        if target is None and _ID.search(name) and found.get("type") in ("string", "integer"):
            target = self._target_of(entity, _ID.sub("", name))
        if target is None:
            return False
        wanted = _ID.sub("", name)
        own = member_name(wanted, entity.name, entity.members, relation=True)
        if own == "user" and target != USER:
            own = f"{own}_{snake_case(target)}"
        data: dict[str, Any] = {"to": target}
        if found.get("nullable") or not needed:
            data["optional"] = True
        entity.relations[own] = data
        path = f"{entity.path}.relations.{own}"
        self._account.assumed(
            source, path, f"by its name it refers to {target}; restrict on delete"
        )
        return True

    def _target_of(self, entity: EntityDraft, name: str) -> str | None:
        for other in self._draft.entities:
            if snake_case(other) == name:
                return other
        if name in USER_WORDS:
            return USER
        return entity.name if name == "parent" else None

    def _rows(
        self, entity: EntityDraft, name: str, found: Mapping[str, Any], source: str, depth: int
    ) -> bool:
        """An array of objects: links to another entity, or rows that are parts of this one."""
        items = found.get("items", {})
        target = self._by_schema.get(self._schemas.name_of(items) or "")
        if entity.name == USER:
            return False
        if target is not None and target not in (USER, entity.name):
            own = member_name(name, entity.name, entity.members)
            entity.relations[own] = {"links": target}
            path = f"{entity.path}.relations.{own}"
            self._account.assumed(source, path, f"a list of {target}: linked rows")
            return True
        inner = self._schemas.resolved(items)
        if not inner.get("properties") or depth >= _MAX_NESTING or len(self._taken) > _MAX_PARTS:
            return False
        part = EntityDraft(entity_name(f"{entity.name}_{name}", self._taken), f"{source}[]")
        self._taken.add(snake_case(part.name))
        parent = snake_case(entity.name)
        part.relations[parent] = {"to": entity.name}
        part.part_of = parent
        self._draft.entities[part.name] = part
        self._account.assumed(source, part.path, "an array of objects: rows that are parts of this")
        for key, schema in inner["properties"].items():
            needed = key in inner.get("required", ())
            self._member(part, key, schema, needed=needed, shown=True, depth=depth + 1)
        return True

    def _limit_access(self, entity: EntityDraft, resource: Resource) -> None:
        """Leaves out the actions that the document does not have; reading may be public."""
        if entity.name == USER or not entity.access:
            return
        for action in list(entity.access):
            if action not in resource.actions and action != "read":
                del entity.access[action]
        if resource.public & {"list", "read"} and "read" in entity.access:
            for action in {"list", "read"} & set(entity.access):
                entity.access[action] = "public"
            self._account.assumed(
                resource.path, f"{entity.path}.access", "it is read without an account: public"
            )
