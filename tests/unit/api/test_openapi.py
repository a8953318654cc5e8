"""The OpenAPI document that the repository keeps."""

from __future__ import annotations

import re

from openapi_spec_validator import validate
from repository_rules import ROOT

from local_engine.api.application import make_application
from local_engine.api.openapi import describe, text_of

FILE = ROOT / "docs" / "openapi.json"
OPERATION = re.compile(r"[a-z][A-Za-z]+")


def test_the_file_is_what_the_engine_serves() -> None:
    command = "write it anew: .venv/bin/python -m local_engine.api.openapi docs/openapi.json"
    assert FILE.read_text("utf-8") == text_of(make_application(None)), command


def test_it_is_a_valid_document() -> None:
    validate(describe(make_application(None)))


def test_every_operation_has_a_name_a_summary_and_a_typed_answer() -> None:
    document = describe(make_application(None))
    operations = [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))
    for path, method, operation in operations:
        where = f"{method} {path}"
        assert OPERATION.fullmatch(operation["operationId"]), where
        assert operation["tags"], where
        assert operation["description"], where
        good = [status for status in operation["responses"] if status < "400"]
        assert good, where
        for status in good:
            content = operation["responses"][status].get("content", {})
            assert status in ("204", "303") or all(
                kind != "application/json" or media.get("schema") for kind, media in content.items()
            ), where
            assert status == "204" or content, where
