"""A Bruno collection: a folder of text files (https://docs.usebruno.com, "Bru markup language")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from local_engine.generator.blueprint.resolving.naming import slug
from local_engine.generator.exporting.collections.postman import form_values, json_example
from local_engine.generator.exporting.document import ApiDocument, Operation, Parameter

_KEEP_TOKENS = (
    "if (res.status === 200) {",
    '  bru.setVar("access_token", res.body.access_token);',
    '  bru.setVar("refresh_token", res.body.refresh_token);',
    "}",
)


def bruno_collection(
    document: ApiDocument, base_url: str = "http://127.0.0.1:8000"
) -> dict[str, bytes]:
    """The collection's files by path: a folder a tag, a file an operation."""
    title = _line(document.title)
    settings = {"version": "1", "name": title, "type": "collection", "ignore": ["node_modules"]}
    files = {
        "bruno.json": json.dumps(settings, indent=2, ensure_ascii=False) + "\n",
        "collection.bru": "auth {\n  mode: bearer\n}\n\n"
        "auth:bearer {\n  token: {{access_token}}\n}\n",
        "environments/local.bru": f"vars {{\n  base_url: {base_url}\n}}\n",
    }
    for tag, operations in document.tags.items():
        for number, operation in enumerate(operations, start=1):
            name = f"{slug(tag)}/{slug(operation.id)}.bru"
            files[name] = "\n".join(_request(document, operation, number)) + "\n"
    return {name: text.encode() for name, text in files.items()}


def _line(text: str) -> str:
    return " ".join(text.split())


def _block(head: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    """A block with its lines indented; nothing at all where there are none."""
    found = list(lines)
    if found:
        yield ""
        yield f"{head} {{"
        yield from (f"  {line}" if line else "" for line in found)
        yield "}"


def _request(document: ApiDocument, operation: Operation, number: int) -> Iterator[str]:
    yield "meta {"
    yield f"  name: {_line(operation.summary) or operation.id}"
    yield "  type: http"
    yield f"  seq: {number}"
    yield "}"
    kind = _body_kind(operation)
    path = re.sub(r"\{([^}]*)\}", r":\1", operation.path)
    public = not operation.secured and operation.tag == "accounts"
    head = [
        f"url: {{{{base_url}}}}{path}",
        f"body: {kind}",
        f"auth: {'none' if public else 'inherit'}",
    ]
    yield from _block(operation.method, head)
    yield from _block("params:query", [_entry(one) for one in operation.at("query")])
    yield from _block("params:path", [_entry(one) for one in operation.at("path")])
    yield from _block("headers", [_entry(one) for one in operation.at("header")])
    if kind == "json":
        yield from _block("body:json", json_example(document, operation).splitlines())
    elif kind == "formUrlEncoded":
        values = form_values(document, operation)
        lines = [f"{name}: {_line(value)}" for name, value in values.items()]
        yield from _block("body:form-urlencoded", lines)
    if operation.id in ("login", "refresh"):
        yield from _block("script:post-response", list(_KEEP_TOKENS))
    yield from _block("docs", [_line(operation.description)] if operation.description else [])


def _entry(parameter: Parameter) -> str:
    """A parameter; `~` before it: there to be switched on."""
    return f"{'' if parameter.required else '~'}{parameter.name}: "


def _body_kind(operation: Operation) -> str:
    if operation.body is None or operation.body.schema is None:
        return "none" if operation.body is None else "file"
    return "json" if operation.body.is_json else "formUrlEncoded"
