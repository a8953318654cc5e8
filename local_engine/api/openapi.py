"""The OpenAPI document, from which the window's TypeScript types are made.

`python -m local_engine.api.openapi [FILE]` writes it; the repository keeps `docs/openapi.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from local_engine.api.answers import ProblemAnswer

DESCRIPTION = """What the window, and any script, talks to. The engine listens on 127.0.0.1 only.

Every request needs the engine's token: `Authorization: Bearer ...`, or a cookie that a one-time
link sets. Every error is a problem (RFC 9457) whose `code` stays the same. Whatever takes long is a
job: start it, then follow its events.
"""
_STREAM = "text/event-stream"
_SCHEMA_REFERENCE = "#/components/schemas/{model}"


def describe(application: FastAPI) -> dict[str, Any]:
    """The document of an application."""
    document = get_openapi(
        title=application.title,
        version=application.version,
        description=DESCRIPTION,
        routes=application.routes,
        separate_input_output_schemas=application.separate_input_output_schemas,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = ProblemAnswer.model_json_schema(ref_template=_SCHEMA_REFERENCE)
    schemas.update(problem.pop("$defs"))
    schemas["ProblemAnswer"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "backend_generator"},
    }
    _describe_streams(document)
    document["security"] = [{"token": []}, {"session": []}]
    return document


def _describe_streams(document: dict[str, Any]) -> None:
    """Streams of events as OpenAPI 3.1 can say it; FastAPI uses a word of 3.2, `itemSchema`."""
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                if _STREAM in response.get("content", {}):
                    response["content"] = {_STREAM: {"schema": {"type": "string"}}}


def text_of(application: FastAPI) -> str:
    """The document as the text of a file; the same for the same routes."""
    return json.dumps(describe(application), indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document to a file, or to standard output."""
    from local_engine.api.application import make_application

    text = text_of(make_application(None))
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
