"""Exchanges as commands for a shell with curl (and jq, where an id is taken from an answer)."""

import json
import shlex
from collections.abc import Mapping

from local_engine.verification.http import Exchange, Request
from local_engine.verification.reproduction.python import expression
from local_engine.verification.reproduction.slicing import JsonPath, Plan, Step
from local_engine.verification.reproduction.texts import (
    PASSWORD,
    Run,
    Variable,
    body_text,
    name,
    pieces,
    user_rows,
)

_DROPPED = ("authorization", "content-length")


def as_curl(exchange: Exchange, base_url: str = "http://127.0.0.1:8000") -> str:
    """One curl command for the exchange's request; a token is `$<ACTOR>_TOKEN`."""
    return f"BASE_URL={base_url}\n" + _command(exchange.request, {}, shown=True)


def as_script(plan: Plan, expected: str, found: str, base_url: str) -> str:
    """A script that makes the users and rows it needs and shows the failure at its end."""
    lines = [f"BASE_URL=${{BASE_URL:-{base_url}}}"]
    if plan.actors:
        users = shlex.quote(json.dumps({"users": user_rows(plan.actors)}, ensure_ascii=False))
        lines += ["# in the project's folder, with its DATABASE_URL and SECRET_KEY:"]
        lines += [f"USERS=$(echo {users} | python -m app users)"]
    for actor in plan.actors:
        variable = name(actor.label).upper()
        pick = shlex.quote(f'.users[] | select(.email == "{actor.email}") | .id')
        lines.append(f'{variable}_ID=$(echo "$USERS" | jq -r {pick})')
        login = f"-d grant_type=password -d username={actor.email} -d password='{PASSWORD}'"
        lines.append(
            f'{variable}_TOKEN=$(curl -s "$BASE_URL/auth/login" {login} | jq -r .access_token)'
        )
    for step in plan.steps[:-1]:
        lines += _step(step, plan.variables)
    lines += [
        _command(step.exchange.request, plan.variables, shown=True) for step in plan.steps[-1:]
    ]
    lines += [f"# expected: {_one_line(expected)}", f"# found:    {_one_line(found)}"]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _step(step: Step, variables: Mapping[str, str]) -> list[str]:
    command = _command(step.exchange.request, variables, shown=False)
    if not step.captures:
        return [f"{command} > /dev/null"]
    lines = [f"ANSWER=$({command})"]
    for value, path in step.captures.items():
        lines.append(f"export {variables[value].upper()}=$(echo \"$ANSWER\" | jq -r '{_jq(path)}')")
    return lines


def _jq(path: JsonPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _command(request: Request, variables: Mapping[str, str], *, shown: bool) -> str:
    words = ["curl", "-i" if shown else "-s", "-X", request.method]
    if request.source:
        words += ["--interface", request.source]
    words.append(_quote("$BASE_URL", request.target, variables))
    if request.header("authorization"):
        words += ["-H", f'"Authorization: Bearer ${name(request.actor.label).upper()}_TOKEN"']
    for header, value in request.headers:
        if header.lower() not in _DROPPED:
            words += ["-H", _quote("", f"{header}: {value}", variables)]
    if not request.body:
        return " ".join(words)
    text = body_text(request.body)
    if text.isprintable() and len(text) < 20_000:
        return " ".join([*words, "--data-binary", _quote("", text, variables)])
    return f"{_piped(text, variables)} | {' '.join([*words, '--data-binary', '@-'])}"


def _quote(before: str, text: str, variables: Mapping[str, str]) -> str:
    parts = [f'"{before}"' if before else ""]
    for piece in pieces(text, variables):
        match piece:
            case Variable():
                parts.append(f'"${piece.name.upper()}"')
            case Run():
                parts.append(shlex.quote(piece.character * piece.times))
            case _:
                parts.append(shlex.quote(piece))
    return "".join(parts) or "''"


def _piped(text: str, variables: Mapping[str, str]) -> str:
    value = expression(text, variables, lambda name: f"os.environ[{name.upper()!r}]")
    encode = f"({value}).encode('utf-8', 'surrogateescape')"
    return f"python3 -c {shlex.quote(f'import os, sys; sys.stdout.buffer.write({encode})')}"
