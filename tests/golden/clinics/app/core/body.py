"""Request bodies: read once and bounded, refused only after access has been decided.

Clients are told first whether they may do a thing at all, then what is wrong with its description.
So a handler takes the body in early, outside any transaction, and opens it later:

    body = await receive_body(request, CardCreate)   # reads the bytes; refuses nothing yet
    ...                                              # 404, 403: access
    body.require_readable()                          # 415, 413, 400
    ...                                              # 428, 412: versions
    card = body.value()                              # 422 (and all of the above)
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect, Request

from .fields import as_json
from .problem import (
    FieldError,
    Problem,
    invalid,
    malformed,
    too_large,
    unsupported_media_type,
)
from .services import services

_JSON_TYPE = re.compile(r'application/json\s*(?:;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)

_ESCAPED_NUL = b"\\u0000"
_SURROGATE = re.compile("[\ud800-\udfff]")

# pydantic's error types → the stable codes of this API; other types keep their name.
_CODES = {
    "missing": "required",
    "extra_forbidden": "unknown",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "too_short": "too_short",
    "too_long": "too_long",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "string_pattern_mismatch": "pattern",
    "literal_error": "not_allowed",
    "enum": "not_allowed",
    "value_error": "invalid",
}


class Input(BaseModel):
    """The base of all request bodies: unknown fields are refused, and nothing is converted.

    `read_only` are fields that the answer has and a client may not set; naming one is refused like
    an unknown field, with a code of its own.
    `json_columns` are fields that are stored as `jsonb`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    read_only: ClassVar[frozenset[str]] = frozenset()
    json_columns: ClassVar[frozenset[str]] = frozenset()

    def values(self, columns: Mapping[str, str]) -> dict[str, Any]:
        """The fields, as column → value to store."""
        return {column: self._stored(field) for field, column in columns.items()}

    def _stored(self, field: str) -> Any:
        value = getattr(self, field)
        return as_json(value) if field in self.json_columns else value


class Patch(Input):
    """The base of partial changes. A field that was not given has no value: see `given`."""

    def given(self, columns: Mapping[str, str]) -> dict[str, Any]:
        """The fields that the client sent, as column → value to store."""
        return {
            column: self._stored(field)
            for field, column in columns.items()
            if field in self.model_fields_set
        }


def absent() -> Any:
    """The default of a field of a `Patch`: it may be left out, though null may not be allowed."""
    return Field(default_factory=lambda: None)


class NoInput(Input):
    """Nothing: the body may be left out, or be an empty object."""


ModelT = TypeVar("ModelT", bound=Input)


class Body(Generic[ModelT]):
    """The bytes of a request's body, not yet judged."""

    def __init__(self, raw: bytes, model: type[ModelT], refusal: Problem | None = None) -> None:
        self._raw = raw
        self._model = model
        self._refusal = refusal
        self._value: ModelT | None = None
        self._invalid: Problem | None = None
        if refusal is None:
            self._validate()

    def require_readable(self) -> None:
        """Raises a 415, 413 or 400 problem when the bytes cannot be read as JSON."""
        if self._refusal is not None:
            raise self._refusal

    def value(self) -> ModelT:
        """The validated body. Raises a 415, 413, 400 or 422 problem."""
        self.require_readable()
        if self._value is None:
            raise self._invalid or malformed("The body is empty.")
        return self._value

    def refuse(self, problem: Problem) -> None:
        """Something else about the request that makes it unreadable, unless the bytes do."""
        self._refusal = self._refusal or problem

    def complain(self, error: FieldError) -> None:
        """Something else about the request that is not accepted, told with the invalid fields."""
        earlier = self._invalid.extensions["errors"] if self._invalid is not None else []
        self._invalid = invalid([error])
        self._invalid.extensions["errors"] += earlier
        self._value = None

    def digest(self) -> bytes:
        """A SHA-256 of the bytes, to recognise a repeated request."""
        return hashlib.sha256(self._raw).digest()

    def _validate(self) -> None:
        try:
            value = self._model.model_validate_json(self._raw)
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
            if details[0]["type"] == "json_invalid":
                self._refuse_text(str(details[0]["msg"]))
            else:
                self._invalid = invalid([_field_error(e, self._model) for e in details])
            return
        if _ESCAPED_NUL in self._raw and (pointers := list(_unstorable(json.loads(self._raw)))):
            self._invalid = _character_problem(pointers)
            return
        self._value = value

    def _refuse_text(self, message: str) -> None:
        """What the JSON parser refused is malformed, unless it is only a half of a character."""
        pointers: list[str] = []
        if "surrogate" in message or "hex escape" in message:
            with contextlib.suppress(ValueError, RecursionError):
                pointers = list(_unstorable(json.loads(self._raw)))
        if pointers:
            self._invalid = _character_problem(pointers)
        else:
            self._refusal = malformed(f"The body is not JSON: {message.partition(': ')[2]}.")


async def receive_body(
    request: Request, model: type[ModelT], *, optional: bool = False
) -> Body[ModelT]:
    """Take in the body of a request, at most `BODY_LIMIT_BYTES`; what is wrong is told later.

    With `optional`, no body at all stands for an empty object.
    """
    try:
        raw = await receive_bytes(request, services(request).settings.body_limit_bytes)
    except Problem as problem:
        return Body(b"", model, problem)
    if optional and not raw:
        return Body(b"{}", model)
    content_type = request.headers.get("content-type", "")
    if not _JSON_TYPE.fullmatch(content_type):
        return Body(raw, model, unsupported_media_type("application/json"))
    return Body(raw, model)


async def receive_bytes(request: Request, limit: int) -> bytes:
    """The raw body. Raises a 413 problem as soon as it is known to exceed `limit` bytes."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect:
        raise malformed("The connection ended before the body did.") from None
    return b"".join(chunks)


def _field_error(error: ErrorDetails, model: type[Input]) -> FieldError:
    pointer = "".join(f"/{_escape(str(part))}" for part in error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        if str(error["loc"][-1]) in model.read_only and len(error["loc"]) == 1:
            return FieldError(pointer, "read_only", "This field cannot be set.")
        return FieldError(pointer, "unknown", "There is no such field.")
    code = _CODES.get(kind)
    if code is None:
        code = "type" if kind.endswith(("_type", "_parsing")) else kind
    return FieldError(pointer, code, error["msg"].removeprefix("Value error, "))


def _escape(part: str) -> str:
    """One step of a JSON Pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


def _unstorable(value: Any, pointer: str = "") -> Iterator[str]:
    """Where in a JSON value a text contains NUL or half a character, as JSON Pointers."""
    if isinstance(value, str):
        if "\0" in value or _SURROGATE.search(value):
            yield pointer
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\0" in key or _SURROGATE.search(key):
                yield pointer
            else:
                yield from _unstorable(item, f"{pointer}/{_escape(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{pointer}/{index}")


def _character_problem(pointers: list[str]) -> Problem:
    message = "The text has a character that cannot be stored (NUL or half a surrogate pair)."
    return invalid([FieldError(pointer, "character", message) for pointer in pointers])
