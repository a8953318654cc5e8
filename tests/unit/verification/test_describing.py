"""OpenAPI documents that are none are told from good ones; the library for that agrees."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.exceptions import PointerToNowhere

from local_engine.verification.describing import faults

Document = dict[str, Any]
GOOD: Document = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes/{note_id}": {
            "get": {
                "operationId": "read",
                "parameters": [
                    {
                        "name": "note_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    },
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}},
                ],
                "responses": {
                    "200": {
                        "description": "A note",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Note"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Note": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "default": {"type": "boolean", "default": False},
                    "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
                },
            },
            "Tag": {"type": "string"},
        }
    },
}


def note(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["Note"]
    return found


def read(document: Document) -> Document:
    found: Document = document["paths"]["/notes/{note_id}"]["get"]
    return found


BAD: dict[str, tuple[Callable[[Document], object], str]] = {
    "no info": (lambda d: d.pop("info"), "info"),
    "no title": (lambda d: d["info"].pop("title"), "title"),
    "another version": (lambda d: d.update(openapi="2.0"), "/openapi"),
    "an unknown type": (lambda d: note(d).update(type="thing"), "components/schemas/Note"),
    "a keyword of the wrong kind": (
        lambda d: note(d)["properties"]["title"].update(maxLength="long"),
        "components/schemas/Note",
    ),
    "a reference to nothing": (
        lambda d: note(d)["properties"]["tags"].update(items={"$ref": "#/components/schemas/No"}),
        "components/schemas/Note",
    ),
    "a default that does not fit": (
        lambda d: note(d)["properties"]["default"].update(default="yes"),
        "the default 'yes' is not valid",
    ),
    "a default of a parameter that does not fit": (
        lambda d: read(d)["parameters"][1]["schema"].update(default="many"),
        "the default 'many' is not valid",
    ),
    "a parameter that is not described": (
        lambda d: read(d)["parameters"].pop(0),
        "the parameter note_id is not described",
    ),
    "a parameter without a place": (
        lambda d: read(d)["parameters"][0].pop("in"),
        '"in" is a required property',
    ),
    "an answer without a description": (
        lambda d: read(d)["responses"]["200"].pop("description"),
        "description",
    ),
}


def library_objects(document: Document) -> bool:
    try:
        return any(OpenAPIV31SpecValidator(document).iter_errors())
    except PointerToNowhere:  # it says so by this
        return True


def test_a_good_document_has_no_faults() -> None:
    assert list(faults(GOOD)) == []
    assert list(OpenAPIV31SpecValidator(GOOD).iter_errors()) == []


@pytest.mark.parametrize("defect", BAD)
def test_a_bad_document_has_one(defect: str) -> None:
    document = copy.deepcopy(GOOD)
    spoil, told = BAD[defect]
    spoil(document)
    found = list(faults(document))
    assert any(told in fault for fault in found), found
    assert library_objects(document)


def test_a_parameter_that_the_path_does_not_have() -> None:
    document = copy.deepcopy(GOOD)
    document["paths"]["/notes"] = document["paths"].pop("/notes/{note_id}")
    assert [fault.partition(": ")[2] for fault in faults(document)] == [
        "the parameter note_id is not in the path"
    ]


@pytest.mark.parametrize("nonsense", [{}, {"paths": []}, {"paths": {"/": 5}, "components": 3}])
def test_what_is_no_document_at_all_is_no_crash(nonsense: Document) -> None:
    assert list(faults(nonsense))
