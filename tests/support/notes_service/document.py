"""The OpenAPI document of the service."""

from typing import Any

NOTE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "title": {"type": "string"},
        "stars": {"type": "integer"},
        "created_at": {"type": "string", "format": "date-time"},
    },
    "required": ["id", "title", "stars", "created_at"],
}
PAGE = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Note"}},
        "next_cursor": {"type": ["string", "null"]},
    },
    "required": ["items", "next_cursor"],
}
_REFUSALS = (400, 401, 403, 404, 409, 412, 413, 415, 422)

ROUTES: dict[tuple[str, str], tuple[int, str | None]] = {
    ("POST", "/auth/register"): (201, None),
    ("POST", "/auth/login"): (200, None),
    ("POST", "/auth/refresh"): (200, None),
    ("POST", "/auth/logout"): (204, ""),
    ("GET", "/users/me"): (200, None),
    ("PATCH", "/users/me"): (200, None),
    ("PUT", "/users/me/password"): (204, ""),
    ("GET", "/users"): (200, None),
    ("GET", "/users/{id}"): (200, None),
    ("PUT", "/users/{id}/roles"): (200, None),
    ("GET", "/notes"): (200, "Page"),
    ("POST", "/notes"): (201, "Note"),
    ("GET", "/notes/{id}"): (200, "Note"),
    ("PATCH", "/notes/{id}"): (200, "Note"),
    ("DELETE", "/notes/{id}"): (204, ""),
    ("POST", "/notes/{id}/file"): (200, "Note"),
}


def document(defects: set[str]) -> dict[str, Any]:
    """The document; defects leave routes out or add some."""
    paths: dict[str, Any] = {}
    routes = dict(ROUTES)
    if "route_hidden" in defects:
        del routes["DELETE", "/notes/{id}"]
    if "route_extra" in defects:
        routes["GET", "/debug"] = (200, None)
    for (method, path), (status, schema) in routes.items():
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, status, schema)
    if "repeated_ids" in defects:
        paths["/notes"]["get"]["operationId"] = paths["/notes"]["post"]["operationId"]
    version = {} if "document_invalid" in defects else {"version": "1"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Notes", **version},
        "paths": paths,
        "components": {"schemas": {"Note": NOTE, "Page": PAGE}},
    }


def _operation(method: str, path: str, status: int, schema: str | None) -> dict[str, Any]:
    described = {"$ref": f"#/components/schemas/{schema}"} if schema else {}
    content = {} if schema == "" else {"content": {"application/json": {"schema": described}}}
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    answers: dict[str, Any] = {str(status): {"description": "Done", **content}}
    if (method, path) == ("GET", "/notes/{id}"):
        answers["304"] = {"description": "Not changed"}
    for refusal in (*_REFUSALS, "default"):
        answers[str(refusal)] = {"description": "Refused", "content": problem}
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return {
        "operationId": f"{method} {path}",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": answers,
    }
