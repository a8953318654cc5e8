"""A Postman collection, format v2.1 (https://schema.postman.com/collection/json/v2.1.0)."""

from __future__ import annotations

import json
import re
from typing import Any

from local_engine.generator.exporting.collections.examples import example
from local_engine.generator.exporting.document import ApiDocument, Operation, Parameter

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_KEEP_TOKENS = [
    "if (pm.response.code === 200) {",
    "    const tokens = pm.response.json();",
    '    pm.collectionVariables.set("access_token", tokens.access_token);',
    '    pm.collectionVariables.set("refresh_token", tokens.refresh_token);',
    "}",
]


def postman_collection(document: ApiDocument, base_url: str = "http://127.0.0.1:8000") -> bytes:
    """The collection: a folder a tag; signing in keeps the tokens for all other requests."""
    collection = {
        "info": {
            "name": document.title,
            "description": document.description,
            "schema": _SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{access_token}}", "type": "string"}],
        },
        "variable": [
            {"key": "base_url", "value": base_url},
            {"key": "access_token", "value": ""},
            {"key": "refresh_token", "value": ""},
        ],
        "item": [
            {"name": tag, "item": [_item(document, operation) for operation in operations]}
            for tag, operations in document.tags.items()
        ],
    }
    return (json.dumps(collection, indent=2, ensure_ascii=False) + "\n").encode()


def _item(document: ApiDocument, operation: Operation) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": operation.method.upper(),
        "description": operation.description,
        "header": [_disabled(parameter) for parameter in operation.at("header")],
        "url": _url(operation),
    }
    if not operation.secured and operation.tag == "accounts":
        request["auth"] = {"type": "noauth"}
    body = _body(document, operation)
    if body:
        request["body"] = body
    item: dict[str, Any] = {"name": operation.summary or operation.id, "request": request}
    if operation.id in ("login", "refresh"):
        script = {"type": "text/javascript", "exec": _KEEP_TOKENS}
        item["event"] = [{"listen": "test", "script": script}]
    return item


def _disabled(parameter: Parameter) -> dict[str, Any]:
    """A parameter that is there to be switched on."""
    found: dict[str, Any] = {"key": parameter.name, "value": ""}
    if parameter.description:
        found["description"] = parameter.description
    return found if parameter.required else {**found, "disabled": True}


def _url(operation: Operation) -> dict[str, Any]:
    path = re.sub(r"\{([^}]*)\}", r":\1", operation.path)
    url: dict[str, Any] = {
        "raw": "{{base_url}}" + path,
        "host": ["{{base_url}}"],
        "path": path.strip("/").split("/"),
    }
    if operation.at("query"):
        url["query"] = [_disabled(parameter) for parameter in operation.at("query")]
    if operation.at("path"):
        url["variable"] = [
            {"key": parameter.name, "value": ""} for parameter in operation.at("path")
        ]
    return url


def _body(document: ApiDocument, operation: Operation) -> dict[str, Any] | None:
    body = operation.body
    if body is None:
        return None
    if body.is_form and body.schema is not None:
        values = form_values(document, operation)
        return {
            "mode": "urlencoded",
            "urlencoded": [{"key": name, "value": value} for name, value in values.items()],
        }
    if body.is_json and body.schema is not None:
        return {
            "mode": "raw",
            "raw": json_example(document, operation),
            "options": {"raw": {"language": "json"}},
        }
    return {"mode": "file", "file": {"src": ""}}


def json_example(document: ApiDocument, operation: Operation) -> str:
    """The example body of an operation, as JSON text; renewing takes the token that is kept."""
    assert operation.body is not None
    assert operation.body.schema is not None
    value = example(document, operation.body.schema)
    if isinstance(value, dict) and "refresh_token" in value:
        value["refresh_token"] = "{{refresh_token}}"  # noqa: S105  a placeholder
    return json.dumps(value, indent=2, ensure_ascii=False)


def form_values(document: ApiDocument, operation: Operation) -> dict[str, str]:
    """The example values of a form."""
    assert operation.body is not None
    assert operation.body.schema is not None
    value = example(document, operation.body.schema)
    found = {name: "" if one is None else str(one) for name, one in dict(value).items()}
    return found | ({"username": "someone@example.com"} if "username" in found else {})
