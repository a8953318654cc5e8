"""Boot: the service is up, says so, and describes exactly what its Blueprint promises."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed
from local_engine.verification.context import Context
from local_engine.verification.describing import faults
from local_engine.verification.registry import Group
from local_engine.verification.routes import UNLISTED


def checks(_: Application) -> Iterator[Check]:
    """The checks of this group."""
    yield Check("boot.health", "GET /health answers 200 while the process lives.", _health)
    yield Check("boot.ready", "GET /ready answers 200 once database and schema are there.", _ready)
    yield Check("boot.docs", "The interactive documentation is served at /docs.", _docs)
    yield Check("boot.openapi_valid", "The OpenAPI document is valid (3.1).", _openapi_valid)
    yield Check(
        "boot.operation_ids",
        "Every operation in the OpenAPI document has an operationId of its own.",
        _operation_ids,
    )
    yield Check(
        "boot.routes_promised",
        "Every route that the Blueprint promises is in the OpenAPI document.",
        _routes_promised,
    )
    yield Check(
        "boot.routes_extra",
        "The OpenAPI document has no route that the Blueprint does not promise.",
        _routes_extra,
    )
    yield Check(
        "boot.security_headers",
        "Answers forbid content sniffing and framing.",
        _security_headers,
    )


GROUP = Group(
    "boot", "The service starts and describes what the Blueprint promises", checks, fresh=False
)


def _health(context: Context) -> None:
    expect.status_is(context.http.send("GET", "/health"), 200)


def _ready(context: Context) -> None:
    expect.status_is(context.http.send("GET", "/ready"), 200)


def _docs(context: Context) -> None:
    answer = expect.status_is(context.http.send("GET", "/docs"), 200)
    kind = answer.header("content-type")
    expect.holds(kind.startswith("text/html"), "an HTML page", f"content type {kind}", answer)


def _document(context: Context) -> dict[str, Any]:
    answer = expect.status_is(context.http.send("GET", "/openapi.json"), 200)
    document = answer.json
    if not isinstance(document, dict):
        raise CheckFailed("a JSON object at /openapi.json", answer.text[:200], (answer,))
    return document


def _openapi_valid(context: Context) -> None:
    found = list(faults(_document(context)))
    if found:
        raise CheckFailed("a valid OpenAPI 3.1 document", "; ".join(found[:5]))


def _operation_ids(context: Context) -> None:
    _document(context)
    ids = [operation.description.get("operationId") for operation in context.document.operations]
    repeated = sorted(str(name) for name, times in Counter(ids).items() if times > 1 or not name)
    if repeated:
        raise CheckFailed("operationIds, all different", f"repeated or absent: {repeated}")


def _routes_promised(context: Context) -> None:
    _document(context)
    described = {operation.key for operation in context.document.operations}
    absent = [str(route) for route in context.routes if route.key not in described]
    if absent:
        raise CheckFailed("every promised route in the document", f"absent: {', '.join(absent)}")


def _routes_extra(context: Context) -> None:
    _document(context)
    promised = {route.key for route in context.routes} | set(UNLISTED)
    extra = [str(item) for item in context.document.operations if item.key not in promised]
    if extra:
        raise CheckFailed("promised routes only", f"not promised: {', '.join(extra)}")


def _security_headers(context: Context) -> None:
    answer = context.http.send("GET", "/health")
    for header, value in (("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")):
        found = answer.header(header)
        expect.holds(
            found.lower() == value.lower(),
            f"the header {header}: {value}",
            f"{found or 'no such header'}",
            answer,
            claim=f"answer.headers[{header!r}].lower() == {value.lower()!r}",
        )
