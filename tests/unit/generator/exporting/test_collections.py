"""Collections for Postman and Bruno, and clean archives, from a document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_engine.generator.exporting import (
    ApiDocument,
    DocumentError,
    bruno_collection,
    postman_collection,
    typescript_client,
)
from local_engine.generator.exporting.collections.examples import example

TEXT = {"type": "string"}
NODE = {"$ref": "#/components/schemas/Node"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop */ {", "version": "1"},
    "paths": {
        "/auth/login": {
            "post": {
                "operationId": "login",
                "summary": "Sign in",
                "tags": ["accounts"],
                "requestBody": {
                    "content": {
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "username": {"type": "string"},
                                    "password": {"type": "string", "format": "password"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"content": {"application/json": {"schema": {}}}}},
            }
        },
        "/orders/{order_id}/nodes": {
            "post": {
                "operationId": "create_node",
                "summary": "Create\na node",
                "description": "Evil */ ${x} ` } body",
                "tags": ["order nodes"],
                "security": [{"account": []}],
                "parameters": [
                    {"name": "order_id", "in": "path", "required": True, "schema": TEXT},
                    {"name": "order_id", "in": "query", "schema": TEXT},
                    {"name": "size.gte", "in": "query", "schema": {"type": "integer"}},
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": NODE}}},
                "responses": {"201": {"content": {"application/json": {"schema": NODE}}}},
            }
        },
    },
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "examples": ["One"], "description": "a */ b"},
                    "kind": {"enum": ["x", 'y"z']},
                    "odd-key": {"type": ["integer", "null"], "minimum": 3},
                    "children": {"type": "array", "items": NODE},
                },
            }
        }
    },
}  # fmt: skip


def test_examples_end_for_schemas_that_hold_themselves() -> None:
    document = ApiDocument.of(DOCUMENT)
    value = example(document, NODE)
    assert value["name"] == "One"
    assert value["odd-key"] == 3
    assert value["children"][0]["kind"] == "x"
    assert json.dumps(value)


def test_postman_has_folders_examples_and_signing_in() -> None:
    collection = json.loads(postman_collection(ApiDocument.of(DOCUMENT)))
    assert collection["info"]["schema"].endswith("v2.1.0/collection.json")
    assert [folder["name"] for folder in collection["item"]] == ["accounts", "order nodes"]
    login = collection["item"][0]["item"][0]
    assert "access_token" in "".join(login["event"][0]["script"]["exec"])
    assert {"key": "username", "value": "someone@example.com"} in (
        login["request"]["body"]["urlencoded"]
    )
    request = collection["item"][1]["item"][0]["request"]
    assert request["url"]["raw"] == "{{base_url}}/orders/:order_id/nodes"
    assert request["url"]["variable"] == [{"key": "order_id", "value": ""}]
    assert json.loads(request["body"]["raw"])["name"] == "One"
    assert all(header["disabled"] for header in request["header"])


def test_bruno_has_a_file_for_every_operation() -> None:
    files = bruno_collection(ApiDocument.of(DOCUMENT))
    assert set(files) == {
        "bruno.json", "collection.bru", "environments/local.bru",
        "accounts/login.bru", "order-nodes/create-node.bru",
    }  # fmt: skip
    text = files["order-nodes/create-node.bru"].decode()
    assert "  name: Create a node\n" in text
    assert "post {\n  url: {{base_url}}/orders/:order_id/nodes\n  body: json\n" in text
    assert "params:path {\n  order_id: \n}" in text
    assert "  ~size.gte: \n" in text
    for name, content in files.items():
        if name.endswith(".bru"):
            lines = content.decode().splitlines()
            assert sum(line.endswith("{") and not line.startswith(" ") for line in lines) == sum(
                line == "}" for line in lines
            )


def test_the_client_cannot_be_broken_by_texts() -> None:
    files = typescript_client(ApiDocument.of(DOCUMENT))
    client, types = files["client.ts"].decode(), files["types.ts"].decode()
    assert (
        "createNode(parameters: CreateNodeParameters, body: Node): Promise<Answer<Node>>" in client
    )
    assert "order_id_query?: string;" in client
    assert '"order_id": parameters' not in client
    assert "order_id: parameters.order_id_query," in client
    assert 'kind?: "x" | "y\\"z";' in types
    assert '"odd-key"?: number | null;' in types
    assert client.count("*/") == client.count("/**")
    assert types.count("*/") == types.count("/**")


def test_another_document_is_refused() -> None:
    with pytest.raises(DocumentError):
        ApiDocument.of({"swagger": "2.0"})
