"""`README.md`: how to run the project, every endpoint, every rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from local_engine.generator.blueprint.resolved import USER, Accounts, Application, Requirement
from local_engine.generator.emit.fastapi.application.rules import sentence
from local_engine.generator.emit.fastapi.entities.plan import Plan
from local_engine.generator.emit.fastapi.entities.routing import Handler
from local_engine.generator.emit.fastapi.samples.values import as_json, sample
from local_engine.generator.emit.relational.limits import limits_of
from local_engine.generator.emit.relational.rules import REFERENCE, rules_of

_RUN = """\
## Run it

With Docker: copy `.env.example` to `.env`, give `SECRET_KEY` and `POSTGRES_PASSWORD` a value, then

    docker compose up --build

With Python 3.11 or later and a PostgreSQL 18 of your own:

    python3 -m venv .venv
    . .venv/bin/activate
    pip install --require-hashes --no-deps -r requirements-dev.lock
    export DATABASE_URL=postgresql://app:password@127.0.0.1:5432/app
    export SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(48))")
    python -m app migrate
    python -m app serve --port 8000

The service is then at <http://127.0.0.1:8000>, its interactive documentation at `/docs`. What
follows needs the same environment: activated, with both variables (or a file `.env`).

The first admin is made by command, with a password of yours:

    echo '{admin}' \\
        | python -m app users

Demo data, the state of the migrations, the OpenAPI document{worker}:

    python -m app seed
    python -m app migrate status
    python -m app openapi
{worker_command}
Nobody can sign in as one of the demo's people (`app/seed.py`) before `python -m app users` has
given them a password.

## Tests

    env -u DATABASE_URL python -m pytest
    ruff format --check . && ruff check . && mypy app tests

The tests start a PostgreSQL that comes with the development packages. With `DATABASE_URL` they use
a database of their own on that server.
"""

_CONVENTIONS = """\
## Conventions

Sign in with `POST /auth/login` and send `Authorization: Bearer TOKEN`. Errors are problem details
(RFC 9457); input errors name the values in `errors`, violated rules have their id in `rule`. Rows
that a user may not read do not exist for them (404). Lists take `limit`, `cursor`, `sort` and
filters. Rows have an `ETag`; send it as `If-Match` to change only what you have seen. POST takes an
`Idempotency-Key`. Money and decimals are strings, times have an offset and are answered in UTC.
"""

_ACCOUNT_ROUTES = (
    ("POST", "/auth/login", "Sign in (form: username, password)", "anyone"),
    ("POST", "/auth/refresh", "A new access token for a refresh token", "anyone"),
    ("POST", "/auth/logout", "End a session", "anyone"),
    ("GET", "/users/me", "Your own account", "signed in"),
    ("PATCH", "/users/me", "Change your own account", "signed in"),
    ("PUT", "/users/me/password", "Change your password", "signed in"),
    ("GET", "/users", "List accounts", "admin"),
    ("GET", "/users/{user_id}", "Read an account", "admin"),
    ("PUT", "/users/{user_id}/roles", "Change the roles of an account", "admin"),
)
_JOINING = {
    "open": (("POST", "/auth/register", "Join", "anyone"),),
    "invite": (
        ("POST", "/auth/register", "Join with an invitation", "anyone"),
        ("POST", "/auth/invitations", "Invite somebody", "admin"),
    ),
}
_SERVICE_ROUTES = (
    ("GET", "/health", "Whether the process lives", "anyone"),
    ("GET", "/ready", "Whether requests can be answered", "anyone"),
    ("GET", "/docs", "Interactive documentation", "anyone"),
    ("GET", "/openapi.json", "The OpenAPI document", "anyone"),
)


def readme(
    application: Application,
    handlers: Sequence[tuple[Plan, Sequence[Handler]]],
    further: Sequence[tuple[str, Sequence[Handler]]] = (),
) -> str:
    """The page; `handlers` are the routes of each entity, `further` those of other chapters."""
    about = application.description.strip()
    parts = [f"# {application.name}\n"]
    if about:
        parts.append(f"{about}\n")
    parts += [
        "FastAPI on PostgreSQL, generated from `blueprint.yaml`. The code is yours to change.\n",
        _run(application),
        _CONVENTIONS,
        "## Endpoints\n",
        "### Accounts\n",
        _table(("method", "path", "what", "who"), _account_rows(application.accounts)),
    ]
    for plan, routes in handlers:
        parts.append(f"### {_title(plan)}\n")
        if plan.entity.description:
            parts.append(f"{plan.entity.description.strip()}\n")
        rows = [_route(plan.resource.collection, route) for route in routes]
        parts.append(_table(("method", "path", "what"), rows))
    for title, others in further:
        parts.append(f"### {title}\n")
        rows = [_route("", route) for route in others]
        parts.append(_table(("method", "path", "what"), rows))
    parts += ["### Service\n", _table(("method", "path", "what", "who"), _SERVICE_ROUTES)]
    parts += ["## Rules\n", *_rules(application)]
    return "\n".join(parts)


def _run(application: Application) -> str:
    """How to run it: commands that can be pasted as they are."""
    admin = json.dumps({"users": [_first_admin(application)]}, ensure_ascii=False)
    text = _RUN.replace("{admin}", admin.replace("'", "'\\''"))
    queue = bool(application.emails or application.webhooks or application.jobs)
    told = ", and a worker of its own (`WORKER_IN_PROCESS=false`)" if queue else ""
    command = "    python -m app worker\n" if queue else ""
    return text.replace("{worker}", told).replace("{worker_command}", command)


def _first_admin(application: Application) -> dict[str, Any]:
    """An account with all that it needs."""
    digits = application.currency_digits
    own = application.entities[USER].fields.values()
    return {
        "email": "admin@example.com",
        "password": "a password of yours",
        "roles": ["admin"],
        **{f.name: as_json(sample(f, 0), f, digits) for f in own if f.required_on_create},
    }


def _title(plan: Plan) -> str:
    words = plan.resource.plural_words
    return f"{words[:1].upper()}{words[1:]}"


def _account_rows(accounts: Accounts) -> list[tuple[str, ...]]:
    return [*_JOINING.get(accounts.sign_up, ()), *_ACCOUNT_ROUTES]


def _route(prefix: str, handler: Handler) -> tuple[str, ...]:
    path = f"{prefix}{handler.path}"
    return handler.method.upper(), f"`{path}`", handler.description


def _rules(application: Application) -> Iterator[str]:
    """What the database keeps, whoever writes; limits of single fields are in the documentation."""
    limits = {
        limit.rule_id
        for entity in application.entities.values()
        for limit in limits_of(entity, application.currency_digits)
        if not limit.rule_id.endswith(".never_below")
    }
    kept: dict[str, tuple[str, str]] = {}
    for entry in rules_of(application):
        if entry.code != REFERENCE and entry.rule_id not in limits:
            kept.setdefault(entry.rule_id, (sentence(entry.message), str(entry.status)))
    for entity in application.own_entities:
        for rule in entity.rules:
            kept.setdefault(rule.id, (sentence(rule.message), "409"))
    for asked in _requirements(application):
        kept.setdefault(asked.id, (sentence(asked.message), str(asked.status)))
    if not kept:
        yield "There are none beyond the types of the fields.\n"
        return
    yield "They hold on every way of writing; a violation changes nothing.\n"
    rows = [(f"`{rule_id}`", *told) for rule_id, told in kept.items()]
    yield _table(("rule", "what clients are told", "status"), rows)


def _requirements(application: Application) -> Iterator[Requirement]:
    """What transitions and operations ask for before they are done."""
    for entity in application.own_entities:
        for transition in entity.states.transitions.values() if entity.states else ():
            yield from transition.requirements
    for operation in application.operations.values():
        yield from operation.requirements


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
