"""A model that answers for itself, where no service is asked: plans are made in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from local_engine.verification.http import Exchange, Request, Response
from local_engine.verification.model.model import Model
from local_engine.verification.model.outcome import UNKNOWN, Expected

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
}


class Simulation:
    """Answers requests by a model alone, which it changes as a service would change its rows."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def send(self, request: Request) -> Exchange:
        """The answer to a request."""
        expected = self.model.decide(request)
        if expected.allowed:
            self.model.accept(expected, None)
            self._give_etags()
        return Exchange(request, self._response(expected))

    def _give_etags(self) -> None:
        store = self.model.store
        for entity in list(store.tables):
            for row in list(store.rows(entity)):
                if row.etag is None or not row.known:
                    store.put(replace(row, etag=row.etag or f'"{row.version}"', known=True))

    def _response(self, expected: Expected) -> Response:
        status = expected.status
        if status >= 400:
            return _json_response(
                status, problem(expected), {"content-type": "application/problem+json"}
            )
        headers = {name.lower(): value for name, value in expected.headers.items()}
        row = self.model.store.find(*expected.row) if expected.row else None
        if row is not None and "etag" in headers:
            headers["etag"] = row.etag or ""
        if isinstance(expected.body, bytes):
            return Response(status, tuple(headers.items()), expected.body)
        if status in (204, 304):
            return Response(status, tuple(headers.items()))
        body = {} if expected.body is UNKNOWN else expected.body
        return _json_response(status, body, {"content-type": "application/json", **headers})


def problem(expected: Expected) -> dict[str, Any]:
    """The problem document of a refusal."""
    status = expected.status
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": _DETAILS.get(status, expected.why),
        "request_id": "0",
    }
    if status == 422:
        document["errors"] = [
            {"pointer": f"/{name}", "code": "invalid", "message": "This is not accepted."}
            for name in expected.fields
        ]
    if expected.rules:
        document["rule"] = min(expected.rules)
    return document


_DETAILS = {
    401: "Sign in first.",
    403: "This is not for you.",
    404: "There is no such thing.",
    422: "The input is not accepted.",
}


def _json_response(status: int, body: Any, headers: dict[str, str]) -> Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, tuple(headers.items()), content)
