"""Makes actors and rows in the running service: planned in the model, then carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

from local_engine.generator.blueprint.resolved import USER, Application, Member
from local_engine.verification.actors import ANONYMOUS, Actor
from local_engine.verification.checks import SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange, Request
from local_engine.verification.model.access import Judge, Subject
from local_engine.verification.model.candidates import Candidates
from local_engine.verification.model.cast import PASSWORD, Cast
from local_engine.verification.model.maker import Maker
from local_engine.verification.model.model import Model
from local_engine.verification.model.paths import collection_path, row_path
from local_engine.verification.model.places import effective_access
from local_engine.verification.model.relevance import Relevance, intervals, plentiful
from local_engine.verification.model.scope import View
from local_engine.verification.model.search import Experience
from local_engine.verification.model.sketch import build
from local_engine.verification.model.stage import Stage, Transport
from local_engine.verification.model.store import Row, Store
from local_engine.verification.world import CannotMake, Created, Draft

T = TypeVar("T")
CreateUsers = Callable[[list[dict[str, Any]]], Mapping[str, str]]


def build_world(context: Context) -> ModelWorld:
    """Make the actors of a verification; raises SetUpFailed."""
    world = ModelWorld(context.application, context.http.send_request, context.seed)
    world.enter(context.controls.create_users)
    return world


class ModelWorld:
    """A service, the model that follows it, and the actors and rows in both.

    `stage` sends requests whose answers are compared with the model's.
    """

    def __init__(self, application: Application, transport: Transport, seed: int = 0) -> None:
        self.application = application
        self.model = Model(application)
        self.seed = seed
        self.candidates = self._new_candidates()
        self.cast = Cast(application, self._new_candidates())
        self.relevance = Relevance(application)
        self.home: str | None = None
        self._experience: Experience = {}
        self.stage = Stage(self.model, transport, self._sign)
        self._transport = transport
        self._beginning = Store()

    def enter(self, create_users: CreateUsers) -> None:
        """Make all accounts."""
        ids = create_users(self.cast.accounts())
        self.cast.enter(ids)
        for actor in self.cast.everybody():
            self.model.add_user(actor.id, actor.account)
        self._beginning = self.model.store.fork()

    def _new_candidates(self) -> Candidates:
        return Candidates(
            Random(self.seed),  # noqa: S311 - not for secrets
            self.model.clock,
            plentiful(self.application),
            intervals(self.application),
        )

    def forget(self) -> None:
        """The database was reset: rows made so far are gone, actors are still there."""
        self.model = Model(self.application, store=self._beginning.fork(), router=self.model.router)
        self.stage = Stage(self.model, self._transport, self._sign)
        # From here on the same is made again, whatever was made before.
        self.candidates = self._new_candidates()
        self._experience = {}
        self.home = None

    def _sign(self, request: Request) -> Request:
        token = self.cast.token(request.actor, self._log_in)
        if token is None or request.header("authorization"):
            return request
        return replace(request, headers=(("Authorization", f"Bearer {token}"), *request.headers))

    def signed(self, request: Request) -> Request:
        """A request with its sender's token."""
        return self._sign(request)

    def _log_in(self, email: str, password: str) -> Exchange:
        form = f"grant_type=password&username={email.replace('@', '%40')}&password={password}"
        headers = (("Content-Type", "application/x-www-form-urlencoded"),)
        return self._transport(Request("POST", "/auth/login", headers, form.encode(), ANONYMOUS))

    # -- planning ----------------------------------------------------------------------------

    def maker(self) -> Maker:
        """A new plan that begins with things as they are."""
        return Maker(
            self.model, self.cast, self.candidates, self.relevance, self.home, self._experience
        )

    def perform(self, plan: Callable[[Maker], T]) -> tuple[T, dict[str, str]]:
        """Make a plan and carry it out; gives what it gave, and the real ids of planned ones."""
        maker = self.maker()
        planned = plan(maker)
        return planned, self.carry_out(maker)

    def carry_out(self, maker: Maker) -> dict[str, str]:
        """Do what was planned; gives the real id of each planned one."""
        ids = self.stage.replay(maker.sketch.steps)
        home = maker.sketch.home
        self.home = ids.get(home, home) if home else None
        return ids

    # -- the protocol ------------------------------------------------------------------------

    def actor(self, kind: str) -> Actor:
        """The actor of this kind, signed in; see the protocol `World` for the kinds."""
        return self.signed_in(self.cast[kind])

    def signed_in(self, actor: Actor) -> Actor:
        """The actor with a token that lasts."""
        return replace(actor, token=self.cast.token(actor, self._log_in))

    def draft(self, entity: str, *, actor: Actor | None = None, **values: Any) -> Draft:
        """Make everything that a new row needs, but not the row itself."""
        if entity == USER:
            return self._registration(values)
        maker = self.maker()
        attempt = maker.prepare(entity, _plain(values), actor, only=actor is not None)
        ids = self.carry_out(maker)
        body = {key: _translated(value, ids) for key, value in attempt.body.items()}
        path = _translated(attempt.target, ids)
        return Draft(entity, path, body, self.signed_in(attempt.actor))

    def _registration(self, values: Mapping[str, Any]) -> Draft:
        """A new account, as `POST /auth/register` takes it."""
        if self.application.accounts.sign_up == "closed":
            raise CannotMake("nobody may register")
        email = f"{self.candidates.token()}@example.com"
        body = {"email": email, "password": PASSWORD, **self.cast.own_fields(), **values}
        return Draft(USER, "/auth/register", body, ANONYMOUS)

    def body_for(self, entity: str, parents: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A valid body for a new row; `parents` gives ids of rows to refer to, by relation."""
        maker = self.maker()
        return dict(maker.prepare(entity, dict(parents or {})).body)

    def create(self, entity: str, *, actor: Actor | None = None, **values: Any) -> Created:
        """Make a row of `entity` (and all that it needs) by whoever may."""
        maker = self.maker()
        row = maker.make(entity, _plain(values), actor, only=actor is not None)
        ids = self.carry_out(maker)
        return self.created(entity, ids.get(row.id, row.id))

    def created(self, entity: str, id_: str) -> Created:
        """A row that exists, as somebody reads it who may: its owner if there is one."""
        row = self.model.store.find(entity, id_)
        if row is None:
            raise SetUpFailed(f"{entity} {id_} is not there")
        path = row_path(self.model.view, row)
        reader = self.reader(row)
        if reader is None:
            raise CannotMake(f"nobody may read {entity} {id_}")
        exchange = self.stage.prepare(build("GET", path, reader))
        body = exchange.json if isinstance(exchange.json, dict) else {}
        etag = exchange.header("etag")
        return Created(entity, row.id, path, body, etag, self.signed_in(reader))

    def reader(self, row: Row) -> Actor | None:
        """Somebody who may read a row: its owner, who may change it, or whoever may."""
        entity = self.application.entities[row.entity]
        view = self.model.view
        owner = view.follow(row, entity.owner_path) if entity.owner_path else None
        actors = sorted(self.cast.everybody(), key=lambda one: owner is None or one.id != owner.id)
        readers = [one for one in actors if self.judge(one).readable(row)]
        if owner is not None and readers and readers[0].id == owner.id:
            return readers[0]
        writers = [one for one in readers if self.judge(one).may("update", row)]
        return next(iter(writers or readers), None)

    def judge(self, actor: Actor) -> Judge:
        """Decides about access for an actor as things are."""
        return self.judge_in(self.model.view, actor)

    def judge_in(self, view: View, actor: Actor) -> Judge:
        """Decides about access for an actor as things are in a view."""
        return Judge(view, Subject(actor.id, actor.roles))

    def request(self, method: str, target: str, actor: Actor, body: Any = ...) -> Request:
        """A request of an actor."""
        return build(method, target, actor, body)

    def path_of(self, entity: str, row: Created | None = None) -> str:
        """The path of a row; without a row that of a collection that has its parents."""
        if row is not None:
            return row.path
        return self.draft_path(entity)

    def draft_path(self, entity: str) -> str:
        """The path of a collection, with the parents made that it needs."""
        declared = self.application.entities[entity]
        maker = self.maker()
        parent: Row | None = None
        tenant: str | None = None
        if declared.part_of:
            parent = maker.make(declared.to_one[declared.part_of].to)
        elif declared.tenanted and self.application.tenancy:
            tenant = maker.home_id()
        path = collection_path(maker.sketch.model.view, declared, tenant, parent)
        return str(_translated(path, self.carry_out(maker)))

    def who_can(self, entity: str, action: str, row: Created | None = None) -> Actor | None:
        """An actor that may do `action` (to `row`, where it needs one); None if there is none."""
        declared = self.application.entities[entity]
        if action not in declared.actions:
            return None
        known = self.model.store.find(entity, row.id) if row else None
        if known is not None:
            able = (one for one in self.cast.everybody() if self.judge(one).may(action, known))
            found = next(able, None)
        else:
            found = self._who_could(declared.name, action)
        return self.signed_in(found) if found else None

    def _who_could(self, entity: str, action: str) -> Actor | None:
        """Somebody who may do the action in a collection, or to rows of their own."""
        declared = self.application.entities[entity]
        maker = self.maker()
        access = effective_access(self.judge(ANONYMOUS), declared, action)
        inside = any(isinstance(clause.actor, Member) for clause in access.clauses)
        if declared.tenanted and inside and self.application.tenancy:
            if self.home is None:
                self.draft_path(entity)
            return self.cast["tenant:owner"]
        return next(maker.actors(access), None)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rows given as Created become their ids."""
    return {
        name: value.id if isinstance(value, Created | Row) else value
        for name, value in values.items()
    }


def _translated(value: Any, ids: Mapping[str, str]) -> Any:
    """A value with planned ids replaced by real ones."""
    if isinstance(value, str):
        for planned, real in ids.items():
            value = value.replace(planned, real)
        return value
    if isinstance(value, dict):
        return {key: _translated(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [_translated(one, ids) for one in value]
    return value
