"""ETags, Idempotency-Keys and commits: what was said to be done was done, once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity, Operation
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.model.operations import prepared
from local_engine.verification.groups.model.rows import change_of
from local_engine.verification.groups.model.trying import Trial
from local_engine.verification.http import Client, Exchange, Request
from local_engine.verification.model.attempts import row_slots
from local_engine.verification.model.paths import row_path
from local_engine.verification.model.sketch import build
from local_engine.verification.model.store import Row
from local_engine.verification.routes import snake

REFUSE = """
CREATE FUNCTION verifier_refuses() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'refused at commit by the verifier'; END $$
"""
COUNT = 'SELECT count(*) AS rows FROM "{table}"'
TRIGGER = (
    'CREATE CONSTRAINT TRIGGER verifier_refuses AFTER INSERT OR UPDATE ON "{table}" '
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION verifier_refuses()"
)


def checks(entity: Entity) -> Iterator[Check]:
    """The checks of one entity's protocol."""
    name = snake(entity.name)
    if {"read", "update"} <= set(entity.actions):
        yield Check(
            f"model.etag.{name}",
            f"A {entity.name} is only changed by who knows how it is, if they say how it was.",
            partial(_etag, entity),
        )
    if "create" in entity.actions:
        yield Check(
            f"model.idempotency.{name}",
            f"The same creation of a {entity.name} with the same Idempotency-Key is done once.",
            partial(_idempotent_creation, entity),
        )
        yield Check(
            f"model.commit.{name}",
            f"A {entity.name} that could not be stored in the end is not said to be created.",
            partial(_failed_commit, entity),
        )


def operation_checks(application: Application) -> Iterator[Check]:
    """The checks of operations' protocol."""
    for operation in application.operations.values():
        if not operation.code:
            yield Check(
                f"model.idempotency.{operation.name}",
                f"{operation.name} with the same Idempotency-Key is done once.",
                partial(_idempotent_operation, operation),
            )


def _etag(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    row = trial.done(lambda maker: maker.make(entity.name))
    reader = trial.world.reader(row)
    if reader is None:
        raise SetUpFailed(f"nobody may read a {entity.name}")
    path = row_path(trial.world.model.view, row)
    first = trial.asked(build("GET", path, reader))
    old = _etag_of(first)
    same = trial.asked(build("GET", path, reader, headers={"If-None-Match": old}))
    expect.status_is(same, 304, before=(first,))
    change = _some_change(trial, entity, row)
    if change is None:
        return
    changed = trial.allowed(_with(change, "If-Match", old))
    newer = _etag_of(trial.asked(build("GET", path, reader)))
    expect.holds(newer != old, "another ETag after a change", f"{old} again", changed)
    trial.asked(build("GET", path, reader, headers={"If-None-Match": old}))
    stale = _some_change(trial, entity, row) or change
    expect.status_is(trial.refused(_with(stale, "If-Match", old)), 412, before=(changed,))
    if entity.guarded:
        expect.status_is(trial.refused(_with(stale, "If-Match", "")), 428)
    _empty_change(trial, entity, row, newer)


def _empty_change(trial: Trial, entity: Entity, row: Row, etag: str) -> None:
    """A change of nothing leaves even the ETag as it was."""
    actor = next(trial.world.maker().able(trial.row(entity.name, row.id), "update"))
    path = row_path(trial.world.model.view, row)
    nothing = trial.asked(build("PATCH", path, actor, {}, {"If-Match": etag}))
    expect.status_is(nothing, 200)
    found = _etag_of(nothing)
    expect.holds(found == etag, f"the ETag {etag} still", found, nothing)


def _some_change(trial: Trial, entity: Entity, row: Row) -> Request | None:
    for slot in row_slots(entity, changing=True):
        if slot.declared is not None:
            request = change_of(trial, entity, row, slot.declared)
            if request is not None:
                return request
    return None


def _etag_of(exchange: Exchange) -> str:
    etag = exchange.header("etag")
    if not etag:
        raise CheckFailed("an ETag", "none", (exchange,), claim="'etag' in answer.headers")
    return etag


def _with(request: Request, name: str, value: str) -> Request:
    kept = [(key, one) for key, one in request.headers if key != name]
    added = [(name, value)] if value else []
    return Request(request.method, request.target, (*kept, *added), request.body, request.actor)


def _idempotent_creation(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    request = trial.prepared(lambda maker: maker.prepare(entity.name))
    other = trial.prepared(lambda maker: maker.prepare(entity.name))
    if not request.actor.id:
        raise SetUpFailed(f"{entity.name} is created by anonymous requests")
    key = trial.world.candidates.token()
    changed = Request(request.method, request.target, request.headers, other.body, request.actor)
    _once(trial, _with(request, "Idempotency-Key", key), changed)


def _idempotent_operation(operation: Operation, context: Context) -> None:
    trial = Trial(context)
    request = trial.prepared(partial(prepared, operation))
    key = trial.world.candidates.token()
    if operation.idempotent:
        without = trial.refused(_with(request, "Idempotency-Key", ""))
        expect.status_is(without, 400)
    other = Request(request.method, request.target, request.headers, b"{}", request.actor)
    _once(trial, _with(request, "Idempotency-Key", key), other)


def _once(trial: Trial, request: Request, other: Request) -> None:
    """The same request again gives the same answer and does nothing; another body is refused."""
    first = trial.allowed(request)
    again = trial.asked(request)
    expect.status_is(again, first.status, before=(first,))
    replayed = again.header("idempotency-replayed")
    expect.holds(
        replayed == "true",
        "the header Idempotency-Replayed: true",
        replayed or "none",
        first,
        again,
        claim="answer.headers.get('idempotency-replayed') == 'true'",
    )
    expect.holds(
        again.json == first.json, f"the answer {first.text[:200]}", again.text[:200], again
    )
    key = request.header("idempotency-key")
    if request.body and other.body != request.body:
        expect.status_is(trial.refused(_with(other, "Idempotency-Key", key)), 409, before=(first,))


def _failed_commit(entity: Entity, context: Context) -> None:
    trial = Trial(context)
    controls = context.controls
    request = trial.world.signed(trial.prepared(lambda maker: maker.prepare(entity.name)))
    count = COUNT.format(table=entity.table)
    before = controls.query(count)
    controls.query(REFUSE)
    try:
        controls.query(TRIGGER.format(table=entity.table))
        # The service cannot help answering a server error, which is nothing to complain of.
        with Client(controls.base_url) as unobserved:
            exchange = unobserved.send_request(request)
    finally:
        controls.query("DROP FUNCTION verifier_refuses CASCADE")
    expect.holds(
        exchange.status >= 400,
        "no success for a row that could not be committed",
        f"status {exchange.status}",
        exchange,
        claim="answer.status_code >= 400",
    )
    after = controls.query(count)
    expect.holds(after == before, f"{before} as before", f"{after}", exchange)
