"""The accounts that a verification works with, made by the project's own command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local_engine.generator.blueprint.resolved import USER, Application
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.http import Exchange
from local_engine.verification.model.accounts import BUILT_IN
from local_engine.verification.model.candidates import Candidates

PASSWORD = "Pass-phrase-for-tests-7"  # noqa: S105 - of accounts in a database that is thrown away
MARGIN = 30.0
LogIn = Callable[[str, str], Exchange]
ALL_ROLES = "all-roles"
"""Does what takes several roles at once; the last resort."""
PLAIN = ("user", "other", "third")


def kinds(application: Application) -> list[str]:
    """The kinds of accounts that the checks of this application may need."""
    names = list(PLAIN)
    for role in application.accounts.roles:
        names += [role] if role == "admin" else [role, f"{role}:2"]
    if "admin" not in names:
        names.append("admin")
    names += [f"member:{role}" for role in member_roles(application)]
    if application.tenancy or any(entity.members for entity in application.entities.values()):
        names.append("member")
    if application.tenancy:
        names += ["tenant:owner", "foreign"]
    return [*names, ALL_ROLES] if len(application.accounts.roles) > 1 else names


def member_roles(application: Application) -> list[str]:
    """The roles that members of places and tenants may have."""
    found = [
        role
        for entity in application.entities.values()
        if entity.members
        for role in entity.members.roles
    ]
    return list(dict.fromkeys(found))


class Cast:
    """Accounts by kind. They are made at once; each signs in when it is needed first."""

    def __init__(self, application: Application, candidates: Candidates) -> None:
        self._application = application
        self._candidates = candidates
        self._actors: dict[str, Actor] = {"anonymous": ANONYMOUS}
        self._tokens: dict[str, tuple[str, float]] = {}
        self._accounts = {kind: self._account(kind) for kind in kinds(application)}

    def accounts(self) -> list[dict[str, Any]]:
        """What the users command is given to make all of them."""
        return list(self._accounts.values())

    def _account(self, kind: str) -> dict[str, Any]:
        accounts = self._application.accounts
        role = kind.partition(":")[0]
        roles = [role] if role in (*accounts.roles, "admin") and kind not in PLAIN else []
        if kind == ALL_ROLES:
            roles = list(accounts.roles)
        if not roles and accounts.default_role:
            roles = [accounts.default_role]
        email = f"{kind.replace(':', '.').replace('_', '-')}@example.com"
        return {"email": email, "password": PASSWORD, "roles": roles, **self.own_fields()}

    def own_fields(self) -> dict[str, Any]:
        """Values for the required fields that the Blueprint adds to accounts."""
        return {
            name: self._candidates.value(USER, declared)
            for name, declared in self._application.entities[USER].fields.items()
            if name not in BUILT_IN and declared.required_on_create
        }

    def enter(self, ids: Mapping[str, str]) -> None:
        """Take the ids over that the users command gave, by e-mail."""
        for kind, account in self._accounts.items():
            id_ = ids.get(account["email"])
            if id_ is None:
                raise SetUpFailed(f"the users command made no account {account['email']}")
            shown = {name: one for name, one in account.items() if name != "password"}
            self._actors[kind] = Actor(kind, str(id_), None, shown)

    def __getitem__(self, kind: str) -> Actor:
        actor = self._actors.get(kind)
        if actor is None:
            raise SetUpFailed(f"there is no actor of the kind {kind}")
        return actor

    def __contains__(self, kind: str) -> bool:
        return kind in self._actors

    def everybody(self) -> Iterator[Actor]:
        """All accounts, plain ones first."""
        return (actor for actor in self._actors.values() if actor.id)

    def named(self, id_: str) -> Actor:
        """The account of this id."""
        return next(actor for actor in self._actors.values() if actor.id == id_)

    def token(self, actor: Actor, send: LogIn) -> str | None:
        """The actor's access token; signs in where there is none that lasts."""
        if not actor.id:
            return None
        kept = self._tokens.get(actor.id)
        if kept is None or kept[1] < time.monotonic():
            kept = self._sign_in(actor, send)
            self._tokens[actor.id] = kept
        return kept[0]

    def _sign_in(self, actor: Actor, send: LogIn) -> tuple[str, float]:
        exchange = send(actor.email, PASSWORD)
        answer = exchange.json
        if exchange.status != 200 or not isinstance(answer, dict) or "access_token" not in answer:
            raise SetUpFailed(f"{actor.label} could not sign in: {exchange}", (exchange,))
        lasts = answer.get("expires_in")
        seconds = float(lasts) if isinstance(lasts, int | float) else 600.0
        return str(answer["access_token"]), time.monotonic() + max(seconds - MARGIN, 1.0)
