"""The sign-in form (OAuth 2 password grant, RFC 6749, section 4.3)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloud_api.web.errors import from_validation
from cloud_api.web.problems import Problem
from local_engine.contracts.accounts import MAX_EMAIL, OldPassword
from local_engine.contracts.wire import Line

_TYPE = "application/x-www-form-urlencoded"
_HEADER = re.compile(rf"{_TYPE}\s*(?:;.*)?", re.IGNORECASE)
_MAX_BYTES = 16_384
_MAX_FIELDS = 20


class LoginForm(BaseModel):
    """What is sent to sign in; other fields of OAuth 2 are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    username: Annotated[
        Line, Field(min_length=1, max_length=MAX_EMAIL, description="The e-mail address.")
    ]
    password: Annotated[OldPassword, Field(min_length=1)]
    grant_type: Literal["password"] = "password"
    device_name: Annotated[
        Line, Field(max_length=100, description="What the device is called in the list of devices.")
    ] = ""


LOGIN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {_TYPE: {"schema": LoginForm.model_json_schema()}},
    }
}


async def read_login_form(request: Request) -> LoginForm:
    """The form in a request's body. Raises a 415, 413, 400 or 422 problem."""
    if not _HEADER.fullmatch(request.headers.get("content-type", "")):
        raise Problem(415, "unsupported-media-type", f"Send the body as {_TYPE}.")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BYTES:
            raise Problem(413, "too-large", f"The form may have {_MAX_BYTES} bytes at most.")
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise Problem(400, "malformed", "The body is not a form.") from None
    try:
        return LoginForm.model_validate(dict(pairs))
    except ValidationError as error:
        raise from_validation([dict(one) for one in error.errors()]) from None
