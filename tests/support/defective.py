"""Defects for the model server: a Blueprint behind it that is not the one it is held against."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from model_server import ModelServer

from local_engine.generator.blueprint.resolved import (
    Access,
    Application,
    Authenticated,
    Clause,
    Entity,
    Public,
    Transition,
)
from local_engine.verification.http import Exchange, Request, Response

ANYBODY = Access((Clause(Public()), Clause(Authenticated())))
SIGNED_IN = Access((Clause(Authenticated()),))

Alter = Callable[[Application], Application]
Misread = Callable[[ModelServer, Request], Request]
Spoil = Callable[[ModelServer, Exchange], Response]


@dataclass(frozen=True)
class Defect:
    """What is wrong with a service: its Blueprint, how it reads, or how it answers."""

    alter: Alter | None = None
    misread: Misread | None = None
    spoil: Spoil | None = None

    def server(self, application: Application) -> ModelServer:
        """A server with this defect."""
        altered = self.alter(application) if self.alter else application
        return ModelServer(altered, misread=self.misread, spoil=self.spoil)


def entity(name: str, **changes: Any) -> Defect:
    """An entity that is not as it should be; a callable is given what there was."""

    def alter(application: Application) -> Application:
        there = application.entities[name]
        new = {
            key: value(getattr(there, key)) if callable(value) else value
            for key, value in changes.items()
        }
        return _with(application, replace(there, **new))

    return Defect(alter)


def _with(application: Application, changed: Entity) -> Application:
    return replace(application, entities={**application.entities, changed.name: changed})


def access(name: str, action: str, admitted: Access = ANYBODY) -> Defect:
    """An action that is open to more than it should be."""

    def opened(there: Mapping[str, Access]) -> Mapping[str, Access]:
        return {**there, action: admitted}

    through = "reads_through_parent" if action in ("list", "read") else "writes_through_parent"
    return entity(name, access=opened, **{through: False})


def opened(name: str, *actions: str) -> Defect:
    """Several actions that everybody may perform who is signed in."""
    return entity(name, access=lambda there: {**there, **dict.fromkeys(actions, SIGNED_IN)})


def without_rule(name: str, rule: str) -> Defect:
    """A rule that nobody enforces."""
    return entity(name, rules=lambda there: tuple(one for one in there if one.id != rule))


def field(name: str, of: str, **changes: Any) -> Defect:
    """A field that has other options."""
    return entity(of, fields=lambda there: {**there, name: replace(there[name], **changes)})


def relation(name: str, of: str, **changes: Any) -> Defect:
    """A relation that has other options."""
    return entity(of, to_one=lambda there: {**there, name: replace(there[name], **changes)})


def transition(name: str, of: str, **changes: Any) -> Defect:
    """A transition that has other sources, requirements, effects ..."""

    def alter(application: Application) -> Application:
        there = application.entities[of]
        assert there.states is not None
        changed: Transition = replace(there.states.transitions[name], **changes)
        transitions = {**there.states.transitions, name: changed}
        return _with(
            application, replace(there, states=replace(there.states, transitions=transitions))
        )

    return Defect(alter)


def operation(name: str, **changes: Any) -> Defect:
    """An operation that has other access, requirements, effects ..."""

    def alter(application: Application) -> Application:
        operations = dict(application.operations)
        operations[name] = replace(operations[name], **changes)
        return replace(application, operations=operations)

    return Defect(alter)


def report(name: str, **changes: Any) -> Defect:
    """A report that has other access or another condition."""

    def alter(application: Application) -> Application:
        reports = {**application.reports, name: replace(application.reports[name], **changes)}
        return replace(application, reports=reports)

    return Defect(alter)


def feed(name: str, **changes: Any) -> Defect:
    """A feed that has other access or another condition."""

    def alter(application: Application) -> Application:
        feeds = {**application.feeds, name: replace(application.feeds[name], **changes)}
        return replace(application, feeds=feeds)

    return Defect(alter)


def ignoring_header(name: str, method: str = "") -> Defect:
    """A service that takes no notice of a header."""

    def misread(_: ModelServer, request: Request) -> Request:
        if method and request.method != method:
            return request
        kept = tuple(pair for pair in request.headers if pair[0].lower() != name)
        return replace(request, headers=kept)

    return Defect(misread=misread)


def ignoring_key(key: str) -> Defect:
    """A service that silently drops a key of bodies instead of refusing it."""

    def misread(_: ModelServer, request: Request) -> Request:
        try:
            body = json.loads(request.body)
        except ValueError:
            return request
        if not isinstance(body, dict) or key not in body:
            return request
        kept = {name: value for name, value in body.items() if name != key}
        return replace(request, body=json.dumps(kept).encode())

    return Defect(misread=misread)


def ignoring_query(*names: str) -> Defect:
    """A service that takes no notice of some parameters."""

    def misread(_: ModelServer, request: Request) -> Request:
        path, _sign, query = request.target.partition("?")
        pairs = [one for one in query.split("&") if one.partition("=")[0] not in names]
        return replace(request, target=f"{path}?{'&'.join(pairs)}" if pairs else path)

    return Defect(misread=misread)


def answering(change: Callable[[ModelServer, Exchange, Any], Any]) -> Defect:
    """A service whose JSON answers are changed before they are sent."""

    def spoil(server: ModelServer, exchange: Exchange) -> Response:
        document = exchange.json
        if not isinstance(document, dict):
            return exchange.response
        body = json.dumps(change(server, exchange, document)).encode()
        return replace(exchange.response, body=body)

    return Defect(spoil=spoil)
