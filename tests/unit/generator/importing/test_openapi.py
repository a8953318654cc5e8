"""OpenAPI documents become Blueprints; hostile ones are refused in clear words."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from local_engine.generator.blueprint import load
from local_engine.generator.importing import ImportRefused, Outcome, import_openapi

DOCUMENT = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
security: [{key: []}]
paths:
  /v1/customers:
    get: {responses: {"200": {$ref: "#/components/responses/Customers"}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/NewCustomer"}}}}
      responses: {"201": {description: ok}}
  /v1/customers/{id}:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Customer"}}}}}}
  /v1/orders:
    get:
      security: [{}]
      responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Order"}}}}}}
  /v1/orders/{orderId}:
    get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}}
    delete: {responses: {"204": {description: gone}}}
  /v1/orders/{orderId}/pay:
    post: {responses: {"200": {description: ok}}}
  /health:
    get: {responses: {"200": {description: ok}}}
components:
  responses:
    Customers:
      content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {$ref: "#/components/schemas/Customer"}}}}}}
  schemas:
    NewCustomer:
      type: object
      required: [name, pin]
      properties:
        name: {type: string, minLength: 2, maxLength: 60}
        pin: {type: string, maxLength: 8, writeOnly: true}
        level: {type: string, enum: [gold, "very silver"], default: gold}
    Customer:
      allOf:
        - {$ref: "#/components/schemas/Base"}
        - type: object
          required: [name]
          properties:
            name: {type: string}
            level: {type: string, enum: [gold, "very silver"]}
            createdAt: {type: string, format: date-time}
    Base: {type: object, properties: {id: {type: integer, readOnly: true}}}
    Order:
      description: What is bought
      type: object
      required: [customerId, lines, total]
      properties:
        id: {type: string, format: uuid}
        customerId: {type: integer}
        total: {type: number, minimum: 0, exclusiveMinimum: true}
        paidOn: {type: string, format: date, nullable: true}
        lines:
          type: array
          items:
            type: object
            required: [sku, quantity]
            properties:
              sku: {type: string, maxLength: 20, pattern: "^[A-Z]+$"}
              quantity: {type: integer, minimum: 1, maximum: 99}
              node: {$ref: "#/components/schemas/Tree"}
    Tree: {type: object, properties: {children: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
"""  # noqa: E501

EXPECTED = """\
blueprint: 1
name: Shop
entities:
  Customer:
    fields:
      name: {type: string, min: 2, max: 60}
      level: {type: enum, values: [gold, very_silver], default: gold}
      pin: {type: string, max: 8, private: true}
    access: {list: authenticated, read: authenticated, create: admin}
  Order:
    description: What is bought
    fields:
      total: {type: money, min: 0.01}
      paid_on: {type: date, optional: true}
    relations:
      customer: {to: Customer}
    access: {list: public, read: public, delete: admin}
  OrderLine:
    part_of: order
    fields:
      sku: {type: string, max: 20, pattern: "[A-Z]+"}
      quantity: {type: integer, min: 1, max: 99}
      node: {type: json, optional: true}
    relations:
      order: {to: Order}
"""


def test_a_document_becomes_a_blueprint() -> None:
    imported = import_openapi(DOCUMENT)
    assert imported.text == EXPECTED
    assert load(imported.text).blueprint == imported.blueprint


def test_what_is_no_row_is_told() -> None:
    left = [note.source for note in import_openapi(DOCUMENT).with_outcome(Outcome.LEFT_OUT)]
    assert "POST /v1/orders/{orderId}/pay" in left
    assert "GET /health" in left


def document(**schemas: Any) -> str:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    item = {"get": {"responses": {"200": answer}}}
    return json.dumps(
        {"openapi": "3.1.0", "paths": {"/things/{id}": item}, "components": {"schemas": schemas}}
    )


BOMB = "openapi: 3.1.0\na: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)
REFUSED = [
    ("nothing", "", "empty"),
    ("prose", "hello", "not an OpenAPI"),
    ("broken JSON", '{"openapi": ', "not JSON"),
    ("broken YAML", "a: [b\n: c", "not YAML"),
    ("Swagger 2", '{"swagger": "2.0", "paths": {}}', "Swagger 2 is not"),
    ("no paths", '{"openapi": "3.1.0"}', "no collection"),
    ("YAML bomb", BOMB, "anchors and aliases"),
    ("deep JSON", '{"openapi": "3.1.0", "a": ' + "[" * 100_000 + "]" * 100_000 + "}", "deeply"),
    ("deep YAML", "openapi: 3.1.0\na: " + "[" * 5000 + "]" * 5000, "deeply"),
    ("a file of ours", document(Thing={"$ref": "file:///etc/passwd"}), "leads out"),
    ("another host", document(Thing={"$ref": "https://example.com/x.json#/A"}), "leads out"),
    ("a tag", "openapi: !!python/object/apply:os.system [ls]", "not an OpenAPI"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_it_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(ImportRefused) as refusal:
        import_openapi(text)
    assert words in refusal.value.message


@pytest.mark.parametrize(
    "thing",
    [
        {"allOf": [{"$ref": "#/components/schemas/Thing"}], "properties": {"a": {}}},
        {"properties": {"me": {"$ref": "#/components/schemas/Thing"}, "a": {"type": "string"}}},
        {"properties": {"us": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
        {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}},
        {"properties": {"__proto__": {"type": "string"}, "class": {"type": "string"}}},
        {"properties": {"日本": {"type": "string"}, "a'; DROP TABLE x; --": {"type": "integer"}}},
        {"properties": {"a": True, "b": {"enum": [1, "x", None]}, "c": {"type": "array"}}},
        {"properties": {"a": {"type": "string", "pattern": "(?=x)((a+)+)+$", "maxLength": -1}}},
        {"properties": {"a": {"type": "integer", "minimum": 1e300, "maximum": "many"}}},
    ],
)  # fmt: skip
def test_odd_schemas_hold_together(thing: dict[str, Any]) -> None:
    try:
        imported = import_openapi(document(Thing=thing))
    except ImportRefused:  # nothing is left of it; any other exception would be a crash
        return
    assert load(imported.text).application.entities


def test_ten_megabytes_are_read_quickly() -> None:
    schemas = {
        f"Extra{number}": {"type": "object", "description": "x" * 900} for number in range(11_000)
    }
    text = document(Thing={"properties": {"a": {"type": "string", "maxLength": 9}}}, **schemas)
    assert len(text) > 10_000_000
    started = time.process_time()
    imported = import_openapi(text)
    assert time.process_time() - started < 5
    assert list(imported.blueprint.entities) == ["Thing"]
