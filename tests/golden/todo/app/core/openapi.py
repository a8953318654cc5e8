"""The OpenAPI document: FastAPI's, completed with what our handlers do themselves.

Handlers read bodies, query strings and conditions after access has been decided, so FastAPI does
not see them in signatures. Each route says them in `openapi_extra=details(...)` and its refusals
in `responses=problems(...)`; the models named there become components of the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .pagination import DEFAULT_LIMIT, MAX_LIMIT, MAX_SEARCH_LENGTH, ListQuery, field_operators
from .problem import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
_SECURITY_SCHEME = "account"

_TITLES = {
    400: "The request cannot be read",
    401: "Not signed in, or the access token is not accepted",
    403: "This user may not do this",
    404: "There is no such thing, or this user may not know of it",
    409: "It contradicts the stored state or a rule",
    412: "The row has changed since it was read (If-Match)",
    413: "The body is too large",
    415: "The body is of another kind",
    422: "Some values are not accepted",
    428: "If-Match is required",
    429: "Too many attempts",
    503: "The service cannot answer right now",
}

_models: dict[str, type[BaseModel]] = {}


class FieldProblem(BaseModel):
    """One refused value."""

    pointer: str
    code: str
    message: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    rule: str | None = None
    errors: list[FieldProblem] = []
    request_id: str | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route may answer, for `responses=`."""
    content = {MEDIA_TYPE: {"schema": _ref(ProblemDetails)}}
    answers: dict[int | str, dict[str, Any]] = {
        status: {"description": _TITLES[status], "content": content} for status in statuses
    }
    answers["default"] = {"description": "Something went wrong", "content": content}
    return answers


def file_content(accept: Sequence[str]) -> dict[str, Any]:
    """The answer that is a file, for `responses={200: ...}`."""
    return {"description": "The file", "content": _binary(accept)}


def details(
    *,
    access: Literal["public", "optional", "signed_in"] = "signed_in",
    body: type[BaseModel] | None = None,
    body_required: bool = True,
    form: type[BaseModel] | None = None,
    file: Sequence[str] | None = None,
    query: ListQuery | None = None,
    parameters: Sequence[dict[str, Any]] = (),
    etag: bool = False,
    location: bool = False,
    if_match: Literal["optional", "required"] | None = None,
    if_none_match: bool = False,
    idempotent: bool = False,
    status: int = 200,
    replaced: type[BaseModel] | None = None,
) -> dict[str, Any]:
    """What FastAPI cannot see of a route, for `openapi_extra=`.

    `etag` and `location` are headers of the answer with `status`; `access` tells whether a token
    is ignored, welcome or needed; `file` are the media types of a body that is a file; `replaced`
    is the answer (200) where a creation replaced a row that was there.
    """
    extra: dict[str, Any] = {}
    if access != "public":
        scheme: dict[str, list[str]] = {_SECURITY_SCHEME: []}
        extra["security"] = [scheme] if access == "signed_in" else [{}, scheme]
    content = _body_content(body, form, file)
    if content:
        extra["requestBody"] = {"required": body_required, "content": content}
    listed = list_parameters(query) if query is not None else []
    listed += _header_parameters(if_match, if_none_match=if_none_match, idempotent=idempotent)
    if listed := [*listed, *parameters]:
        extra["parameters"] = listed
    answers = _answers(status, _answer_headers(etag=etag, location=location), replaced)
    if if_none_match:
        answers["304"] = {"description": "The row still has the ETag of If-None-Match"}
    if answers:
        extra["responses"] = answers
    return extra


def _answers(
    status: int, headers: dict[str, Any], replaced: type[BaseModel] | None
) -> dict[str, Any]:
    """What is to be said of the answers beyond their models."""
    answers: dict[str, Any] = {str(status): {"headers": headers}} if headers else {}
    if replaced is not None:
        content = {"application/json": {"schema": _ref(replaced)}}
        known = {name: text for name, text in headers.items() if name.lower() != "location"}
        answers["200"] = {"description": "Replaced", "content": content, "headers": known}
    return answers


def _body_content(
    body: type[BaseModel] | None, form: type[BaseModel] | None, file: Sequence[str] | None
) -> dict[str, Any]:
    """The kinds of body that a route takes."""
    if body is not None:
        return {"application/json": {"schema": _ref(body)}}
    if form is not None:
        return {"application/x-www-form-urlencoded": {"schema": _ref(form)}}
    return {} if file is None else _binary(file)


def _header_parameters(
    if_match: Literal["optional", "required"] | None, *, if_none_match: bool, idempotent: bool
) -> list[dict[str, Any]]:
    listed = []
    if if_match is not None:
        text = "The ETag that was read; the change is refused (412) if the row has another by now."
        listed.append(_header("If-Match", text, required=if_match == "required"))
    if if_none_match:
        listed.append(_header("If-None-Match", "Answer 304 if the row still has this ETag."))
    if idempotent:
        listed.append(_header("Idempotency-Key", "Repeat safely: the same key gives one effect."))
    return listed


def _binary(kinds: Sequence[str]) -> dict[str, Any]:
    schema = {"schema": {"type": "string", "format": "binary"}}
    return dict.fromkeys(kinds or ["application/octet-stream"], schema)


def list_parameters(query: ListQuery) -> list[dict[str, Any]]:
    """The query parameters of a list."""
    sorts = sorted(name for name, field in query.fields.items() if field.sort)
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    names = "|".join(sorts)
    pattern = f"^-?({names})(,-?({names}))*$"
    sort = {"type": "string", "pattern": pattern, "default": query.default_sort}
    parameters = [
        _query("limit", limit, "How many rows at most."),
        _query("cursor", {"type": "string"}, "The next_cursor of the page before."),
        _query(
            "sort",
            sort,
            "Names of fields, separated by commas; a minus sign turns the order round.",
        ),
    ]
    if query.search is not None:
        text = "Rows in which every one of these words occurs, whatever the case of letters."
        parameters.append(_query("q", {"type": "string", "maxLength": MAX_SEARCH_LENGTH}, text))
    for name, field in query.fields.items():
        for operator in field_operators(field) if field.filter else ():
            parameters.append(_filter_parameter(name, operator, field.type.schema))
    return parameters


def _filter_parameter(name: str, operator: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    if operator == "":
        return _query(name, dict(schema), f"Rows whose {name} equals this.")
    if operator == "null":
        text = f"Rows with (false) or without (true) a {name}."
        return _query(f"{name}.null", {"type": "boolean"}, text)
    words = {"gt": "more than", "gte": "at least", "lt": "less than", "lte": "at most"}[operator]
    return _query(f"{name}.{operator}", dict(schema), f"Rows whose {name} is {words} this.")


def build_openapi(app: FastAPI) -> dict[str, Any]:
    """The whole document of an application."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path in document.get("paths", {}).values():
        for operation in path.values():
            _tidy(operation)
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        _SECURITY_SCHEME: {
            "type": "oauth2",
            "description": "Sign in with e-mail address and password.",
            "flows": {"password": {"tokenUrl": "/auth/login", "scopes": {}}},
        }
    }
    _add_models(document, components.setdefault("schemas", {}))
    return document


def _tidy(operation: dict[str, Any]) -> None:
    """Remove FastAPI's own 422, which never happens here, and say that ids are UUIDs."""
    refused = operation["responses"].get("422", {}).get("content", {}).get("application/json", {})
    if refused.get("schema", {}).get("$ref", "").endswith("/HTTPValidationError"):
        del operation["responses"]["422"]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and parameter["name"].endswith("id"):
            parameter["schema"]["format"] = "uuid"


def _add_models(document: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add the models that routes refer to, and drop what nothing refers to."""
    wanted = [(model, "validation") for model in _models.values()]
    _, definitions = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    for name, schema in definitions.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    used: set[str] = set()
    waiting: list[Any] = [document["paths"]]
    while waiting:
        for name in _references(waiting.pop()) - used:
            used.add(name)
            waiting.append(schemas[name])
    for name in set(schemas) - used:
        del schemas[name]
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _references(node: Any) -> set[str]:
    """The names of all components that a part of the document refers to."""
    if isinstance(node, dict):
        found = set().union(*(_references(value) for value in node.values()))
        reference = node.get("$ref")
        if isinstance(reference, str):
            found.add(reference.rpartition("/")[2])
        return found
    if isinstance(node, list):
        return set().union(*(_references(value) for value in node))
    return set()


def _ref(model: type[BaseModel]) -> dict[str, str]:
    _models[model.__name__] = model
    return {"$ref": _REF.format(model=model.__name__)}


def _query(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _header(name: str, text: str, *, required: bool = False) -> dict[str, Any]:
    schema = {"type": "string"}
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": schema,
    }


def _answer_headers(*, etag: bool, location: bool) -> dict[str, Any]:
    texts = {}
    if etag:
        texts["ETag"] = "The version of the row, for If-Match."
    if location:
        texts["Location"] = "The address of the new row."
    schema = {"type": "string"}
    return {name: {"description": text, "schema": schema} for name, text in texts.items()}
