"""The executable model of an application: says what each request must be answered.

A model is used in lockstep with a service (or alone, as a simulation): `decide` tells what a
request must come to and changes nothing; `accept` makes the change once the service has answered
so, and takes over from the answer what only the service knows: ids, times and ETags.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local_engine.generator.blueprint.expressions import ExpressionError
from local_engine.generator.blueprint.resolved import USER, Application
from local_engine.verification.http import Request
from local_engine.verification.model import accounts, actions, attachments, operations
from local_engine.verification.model.defaults import complete
from local_engine.verification.model.handling import Handling
from local_engine.verification.model.incoming import Incoming
from local_engine.verification.model.outcome import Done, Expected, Refused
from local_engine.verification.model.routing import Router
from local_engine.verification.model.scope import View
from local_engine.verification.model.store import Row, Store
from local_engine.verification.model.transaction import Transaction
from local_engine.verification.model.values import read
from local_engine.verification.routes import Kind

_HANDLERS: dict[Kind, Callable[[Handling], Done]] = {
    Kind.LIST: actions.list_rows,
    Kind.READ: actions.read_row,
    Kind.CREATE: actions.create_row,
    Kind.UPDATE: actions.update_row,
    Kind.DELETE: actions.delete_row,
    Kind.NESTED: actions.list_nested,
    Kind.TRANSITION: actions.make_transition,
    Kind.OPERATION: operations.operate,
    Kind.REPORT: operations.report,
    Kind.FEED: operations.feed,
    Kind.FILE: attachments.handle_file,
    Kind.LINKS: attachments.handle_links,
    Kind.ACCOUNT: accounts.account,
}


def _now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    return str(uuid.uuid4())


class Model:
    """The rows of an application and the meaning of its Blueprint.

    `new_id` makes the ids of rows, `clock` gives the time.
    """

    def __init__(
        self,
        application: Application,
        *,
        store: Store | None = None,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _random_id,
        router: Router | None = None,
    ) -> None:
        self.application = application
        self.store = store or Store()
        self.clock = clock
        self.new_id = new_id
        self.router = router or Router(application)

    def fork(self) -> Model:
        """An independent model with the same rows, to try things out in."""
        return Model(
            self.application,
            store=self.store.fork(),
            clock=self.clock,
            new_id=self.new_id,
            router=self.router,
        )

    @property
    def view(self) -> View:
        """Reads the rows as they are now."""
        return View(self.application, self.store, self.clock())

    def add_user(self, id_: str, account: Mapping[str, Any]) -> Row:
        """Take over an account that the users command made; `account` is in JSON form."""
        now = self.clock()
        entity = self.application.entities[USER]
        fields = entity.fields
        own = {
            name: read(fields[name], value)
            for name, value in account.items()
            if name in fields and name not in accounts.BUILT_IN and value is not None
        }
        values = {"active": True, "roles": [], **account, **own}
        row = complete(self.view, entity, Row(USER, id_, values, now, now))
        row = replace(row, sequence=self.store.next_number())
        self.store.put(row)
        return row

    def decide(self, request: Request) -> Expected:
        """What the request must be answered; the model stays as it is."""
        before = View(self.application, self.store, self.clock())
        view = View(self.application, self.store.fork(), before.now)
        incoming = Incoming(request)
        transaction = Transaction(before, view, incoming.subject, self.new_id)
        try:
            match = self.router.match(request.method, request.path)
            done = _HANDLERS[match.route.kind](Handling(incoming, match, transaction))
        except Refused as refusal:
            return Expected(
                refusal.statuses,
                refusal.why,
                self.store,
                rules=refusal.rules,
                fields=refusal.fields,
            )
        except ExpressionError as error:
            statuses = frozenset({422})
            return Expected(statuses, f"an expression has no value: {error}", self.store)
        return Expected(
            frozenset({done.status}) | done.also,
            done.why or "the request is allowed",
            view.store,
            body=done.body,
            row=done.row,
            headers=done.headers,
            free=done.free,
        )

    def accept(self, expected: Expected, body: Any, etag: str = "") -> None:
        """Make the change that was expected; `body` and `etag` are from the service's answer."""
        known = self.store.answers
        self.store = expected.after
        if body is not None:
            for slot in self.store.answers.keys() - known.keys():
                self.store.answers[slot] = replace(self.store.answers[slot], body=body)
        if expected.row is None:
            return
        row = self.store.find(*expected.row)
        if row is None:
            return
        if isinstance(body, dict) and isinstance(body.get("id"), str):
            row = self._with_answer(row, body)
        if etag:
            row = replace(row, etag=etag)
        self.store.put(row)

    def _with_answer(self, row: Row, body: Mapping[str, Any]) -> Row:
        """The row with what the service alone can know."""
        if body["id"] != row.id:
            self.rename(row, body["id"])
        row = self.store.find(row.entity, body["id"]) or row
        return replace(
            row,
            known=True,
            created_at=_time(body.get("created_at"), row.created_at),
            updated_at=_time(body.get("updated_at"), row.updated_at),
        )

    def rename(self, row: Row, new_id: str) -> None:
        """Give a row another id, wherever it is referred to."""
        old_id = row.id
        table = self.store.tables[row.entity]
        self.store.put_all(
            row.entity,
            {
                (new_id if id_ == old_id else id_): (
                    replace(one, id=new_id) if id_ == old_id else one
                )
                for id_, one in table.items()
            },
        )
        for entity in self.application.entities.values():
            for name, relation in entity.to_one.items():
                if relation.to != row.entity:
                    continue
                for other in list(self.store.rows(entity.name)):
                    if other.values.get(name) == old_id:
                        self.store.put(other.having(**{name: new_id}))
        for key, pairs in list(self.store.links.items()):
            self.store.link(
                key,
                frozenset(
                    (new_id if a == old_id else a, new_id if b == old_id else b) for a, b in pairs
                ),
            )
        for field_key in [key for key in self.store.files if key[0] == old_id]:
            self.store.files[new_id, field_key[1]] = self.store.files.pop(field_key)


def _time(text: Any, otherwise: datetime) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return otherwise
