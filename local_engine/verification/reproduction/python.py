"""A failure as a pytest module that needs nothing but httpx and the project's own command."""

import re
from collections.abc import Callable, Mapping

from local_engine.verification.reproduction.slicing import JsonPath, Plan
from local_engine.verification.reproduction.texts import (
    Run,
    Variable,
    body_text,
    name,
    pieces,
    user_rows,
)

_HEAD = '''"""{id}: {sentence}

Expected {expected};
found {found}.

Run it against a fresh database of the project, in the project's folder and with its settings:
    BASE_URL={base_url} pytest {file}
"""

import json
import os
import subprocess
import sys

import httpx

CLIENT = httpx.Client(base_url=os.environ.get("BASE_URL", "{base_url}"))
'''

_USERS = '''

def make_users(users: list[dict[str, object]]) -> dict[str, str]:
    """Make accounts by the project's own command; gives the id of each e-mail address."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "users"],
        input=json.dumps({"users": users}),
        capture_output=True,
        check=True,
        text=True,
    )
    return {user["email"]: user["id"] for user in json.loads(done.stdout)["users"]}


def sign_in(email: str, password: str) -> str:
    """The account's access token."""
    form = {"grant_type": "password", "username": email, "password": password}
    return CLIENT.post("/auth/login", data=form).raise_for_status().json()["access_token"]
'''

_SEND = '''

def send(method: str, path: str, token: str = "", body: str = "", **headers: str) -> httpx.Response:
    """Send one request; header names have `_` for `-`."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    if token:
        named["Authorization"] = f"Bearer {token}"
    return CLIENT.request(
        method, path, headers=named, content=body.encode("utf-8", "surrogateescape") or None
    )

'''


def as_module(
    plan: Plan, *, check: str, sentence: str, expected: str, found: str, claim: str, base_url: str
) -> str:
    """The module's text; `claim` is a Python expression over `answer` that fails."""
    identifier = re.sub(r"\W+", "_", check)
    head = _HEAD.format(
        id=check,
        sentence=_prose(sentence),
        expected=_prose(expected),
        found=_prose(found),
        base_url=base_url,
        file=f"test_{identifier}.py",
    )
    lines = [f"def test_{identifier}() -> None:", f'    """{_prose(sentence)}"""']
    if plan.actors:
        lines.append(f"    users = {user_rows(plan.actors)!r}")
        lines.append("    ids = make_users(users)")
    for position, actor in enumerate(plan.actors):
        variable = name(actor.label)
        lines.append(f"    {variable}_id = ids[users[{position}]['email']]")
        credentials = f"users[{position}]['email'], users[{position}]['password']"
        lines.append(f"    {variable} = sign_in({credentials})")
    lines += _steps(plan)
    lines += _end(plan, claim, expected)
    return head + (_USERS if plan.actors else "") + _SEND + "\n" + "\n".join(lines) + "\n"


def _end(plan: Plan, claim: str, expected: str) -> list[str]:
    if not claim:
        print_it = "    print(answer.status_code, answer.headers, answer.text)"
        return [print_it, f"    raise AssertionError({f'not {_prose(expected)}: see above'!r})"]
    for value, variable in plan.variables.items():
        claim = claim.replace(repr(value), variable)
    return [f"    assert {claim}, answer.text"]


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("\\", "/").replace('"', "'")


def _steps(plan: Plan) -> list[str]:
    lines: list[str] = []
    for step in plan.steps:
        request = step.exchange.request
        arguments = [repr(request.method), expression(request.target, plan.variables, str)]
        if request.header("authorization"):
            signed_in = request.actor in plan.actors
            token = name(request.actor.label) if signed_in else repr("a forged token")
            arguments.append(f"token={token}")
        if request.body:
            arguments.append(f"body={expression(body_text(request.body), plan.variables, str)}")
        headers = {
            key.replace("-", "_"): value
            for key, value in request.headers
            if key.lower() not in ("authorization", "content-length")
        }
        arguments += [
            f"{key}={expression(value, plan.variables, str)}" for key, value in headers.items()
        ]
        lines.append(f"    answer = send({', '.join(arguments)})")
        for value, path in step.captures.items():
            lines.append(f"    {plan.variables[value]} = answer.json(){_index(path)}")
    return lines


def _index(path: JsonPath) -> str:
    return "".join(f"[{part!r}]" for part in path)


def expression(text: str, variables: Mapping[str, str], name_of: Callable[[str], str]) -> str:
    """A Python expression that gives the text; `name_of` writes a variable."""
    parts: list[str] = []
    for piece in pieces(text, variables):
        match piece:
            case Variable():
                parts.append(name_of(piece.name))
            case Run():
                parts.append(f"{piece.character!r} * {piece.times}")
            case _:
                parts.append(repr(piece))
    return " + ".join(parts) or "''"
