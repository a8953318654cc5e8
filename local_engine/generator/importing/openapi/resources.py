"""The resources of a document: a collection and the rows in it, found by their paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_engine.generator.importing.openapi.reading import Schemas
from local_engine.generator.importing.report import Account

_METHODS = ("get", "post", "put", "patch", "delete")
_FIXED = re.compile(
    r"/(?:auth|login|logout|register|signup|token|oauth2?|health\w*|ready|livez|readyz|metrics|docs|"
    r"openapi\.json|users/me)(?:/.*)?"
)
_LIST_KEYS = ("items", "data", "results", "rows", "content", "records", "values")


@dataclass
class Resource:
    """One collection. `parent` is the collection that its rows' paths lie below.

    `read` and `written` are resolved object schemas; `public` are actions without an account.
    """

    path: str
    segment: str
    parent: str | None = None
    schema_name: str | None = None
    read: dict[str, Any] = field(default_factory=dict)
    written: list[dict[str, Any]] = field(default_factory=list)
    actions: set[str] = field(default_factory=set)
    public: set[str] = field(default_factory=set)


def find_resources(document: Mapping[str, Any], account: Account) -> dict[str, Resource]:
    """The resources by the path of their collection, without the names of parameters."""
    return _Finder(document, account).find()


class _Finder:
    def __init__(self, document: Mapping[str, Any], account: Account) -> None:
        self._document = document
        self._account = account
        self._schemas = Schemas(document)
        self._found: dict[str, Resource] = {}

    def find(self) -> dict[str, Resource]:
        paths = self._document.get("paths")
        paths = paths if isinstance(paths, Mapping) else {}
        plain = {re.sub(r"\{[^}]*\}", "{}", path.rstrip("/")): path for path in paths}
        for path in plain:
            if path.endswith("/{}"):
                self._resource(path[:-3])
        for path in plain:
            if "{}" not in path and path not in self._found and path.count("/") == 1:
                item = self._schemas.follow(paths[plain[path]])
                if "post" in item and "get" in item and not _FIXED.fullmatch(path):
                    self._resource(path)
        for path, written in plain.items():
            item = self._schemas.follow(paths[written])
            for method in _METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    self._operation(path, written, method, item[method])
        return self._found

    def _resource(self, collection: str) -> None:
        if collection in ("", "/{}") or _FIXED.fullmatch(collection) or collection in self._found:
            return
        segment = collection.rsplit("/", 1)[-1]
        if segment in ("{}", ""):
            return
        before = collection.rsplit("/", 1)[0]
        parent = before[:-3] if before.endswith("/{}") else None
        self._found[collection] = Resource(collection, segment, parent)

    def _operation(self, path: str, written: str, method: str, data: Mapping[str, Any]) -> None:
        source = f"{method.upper()} {written}"
        if _FIXED.fullmatch(path):
            self._account.left_out(source, "every generated project has it by itself")
            return
        action, resource = self._action(path, method)
        if resource is None or action is None:
            words = "not a row's own: a transition, an operation, a report or a feed says it"
            self._account.left_out(source, words)
            return
        resource.actions.add(action)
        security = data.get("security", self._document.get("security"))
        if not security or {} in security:
            resource.public.add(action)
        self._account.taken(source, "", f"{action} of {resource.segment}")
        self._bodies(resource, action, data)

    def _action(self, path: str, method: str) -> tuple[str | None, Resource | None]:
        if path in self._found:
            return {"get": "list", "post": "create"}.get(method), self._found[path]
        if path.endswith("/{}") and path[:-3] in self._found:
            words = {"get": "read", "put": "update", "patch": "update", "delete": "delete"}
            return words.get(method), self._found[path[:-3]]
        return None, None

    def _bodies(self, resource: Resource, action: str, data: Mapping[str, Any]) -> None:
        body = self._schemas.follow(data.get("requestBody") or {})
        sent = self._schemas.resolved(_json_schema(body))
        if sent.get("properties") is not None and action in ("create", "update"):
            resource.written.append(sent)
        responses = data.get("responses") or {}
        for status, response in responses.items():
            if not str(status).startswith("2"):
                continue
            schema = _json_schema(self._schemas.follow(response))
            if action == "list":
                schema = self._item_of(schema)
            self._read(resource, schema)

    def _item_of(self, schema: Any) -> Any:
        """The schema of the rows in a list's answer."""
        found = self._schemas.resolved(schema)
        if found.get("type") == "array":
            return found.get("items", {})
        properties = found.get("properties") or {}
        for key in _LIST_KEYS:
            inner = self._schemas.resolved(properties.get(key, {}))
            if inner.get("type") == "array":
                return inner.get("items", {})
        return {}

    def _read(self, resource: Resource, schema: Any) -> None:
        found = self._schemas.resolved(schema)
        if found.get("properties") and not resource.read:
            resource.read = found
            resource.schema_name = self._schemas.name_of(schema)


def _json_schema(holder: Any) -> Any:
    content = holder.get("content") if isinstance(holder, Mapping) else None
    if not isinstance(content, Mapping):
        return {}
    for media_type, inner in content.items():
        if "json" in media_type and isinstance(inner, Mapping):
            return inner.get("schema", {})
    return {}
