"""One row's life: created, read, changed, deleted."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, NotApplicable, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.shape import answer_keys, changeable_fields, same
from local_engine.verification.world import Created


def checks(application: Application, entity: Entity) -> Iterator[Check]:
    """Checks of one entity's rows."""
    name = entity.name.lower()

    def check(action: str, sentence: str, run: Any) -> Check:
        needed = action.partition(".")[0]
        if needed not in entity.actions:
            reason = f"nobody may {needed} a {entity.name}"
            return Check(f"contract.{action}.{name}", sentence, None, reason)
        return Check(f"contract.{action}.{name}", sentence, partial(run, application, entity))

    yield check("create", f"Creating a {entity.name} answers 201 with the row as sent.", _create)
    yield check("read", f"A {entity.name} is read as it was created.", _read)
    yield check("read.absent", f"A {entity.name} that never was is answered 404.", _absent)
    yield check("update", f"PATCH changes what is given of a {entity.name} and no more.", _update)
    yield check("update.nothing", f"An empty PATCH leaves a {entity.name} as it is.", _nothing)
    yield check("update.stale", f"A stale If-Match on a {entity.name} is refused.", _stale)
    yield check("delete", f"A deleted {entity.name} is gone.", _delete)


def _create(application: Application, entity: Entity, context: Context) -> None:
    draft = context.world.draft(entity.name)
    answer = context.http.send("POST", draft.path, actor=draft.actor, json=draft.body)
    expect.status_is(answer, *((201, 200) if entity.upsert else (201,)))
    row = _row(application, entity, answer)
    for name, sent in draft.body.items() if not entity.effects else ():
        field = entity.fields.get(name)
        if name in row:
            equal = same(field, sent, row[name]) if field else sent == row[name]
            expect.holds(
                equal,
                f"`{name}` as it was sent: {sent!r}",
                repr(row[name]),
                answer,
                claim=f"answer.json()[{name!r}] == {sent!r}",
            )
    expect.holds(bool(answer.header("etag")), "an ETag", "no ETag header", answer)
    wanted, found = f"{draft.path}/{row['id']}", answer.header("location")
    expect.holds(found == wanted, f"Location: {wanted}", f"Location: {found}", answer)
    _is_stored(entity, context, answer, wanted, draft.actor)


def _is_stored(
    entity: Entity, context: Context, answer: Exchange, path: str, creator: Actor
) -> None:
    """What was answered with 201 is there for whoever may read it."""
    row = answer.json
    made = Created(entity.name, row["id"], path, row, answer.header("etag"), creator)
    reader = context.world.who_can(entity.name, "read", made)
    if reader is not None:
        stored = context.http.send("GET", path, actor=reader)
        expect.status_is(stored, 200, why="it was answered as created", before=[answer])


def _row(application: Application, entity: Entity, answer: Exchange) -> dict[str, Any]:
    row = answer.json
    if not isinstance(row, dict):
        expect.holds(False, "the row as a JSON object", answer.text[:200], answer)
        return {}
    always, sometimes = answer_keys(application, entity)
    absent, extra = always - row.keys(), row.keys() - always - sometimes
    expect.holds(
        not absent,
        f"the keys {sorted(always)}",
        f"without {sorted(absent)}",
        answer,
        claim=f"{sorted(absent)!r}[0] in answer.json()",
    )
    expect.holds(
        not extra,
        "no key that the Blueprint does not show",
        f"also {sorted(extra)}",
        answer,
        claim=f"not {sorted(extra)!r} or {sorted(extra)!r}[0] not in answer.json()",
    )
    return row


def _made(entity: Entity, action: str, context: Context) -> tuple[Created, Actor]:
    row = context.world.create(entity.name)
    actor = context.world.who_can(entity.name, action, row)
    if actor is None:
        raise NotApplicable(f"no actor at hand may {action} such a row")
    return row, actor


def _headers(entity: Entity, etag: str) -> dict[str, str]:
    return {"If-Match": etag} if entity.guarded else {}


def _read(application: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "read", context)
    answer = expect.status_is(context.http.send("GET", row.path, actor=actor), 200)
    found = _row(application, entity, answer)
    always, _ = answer_keys(application, entity)
    differing = [key for key in always if key in row.body and row.body[key] != found.get(key)]
    expect.holds(not differing, "the row as it was created", f"other: {differing}", answer)
    etag = answer.header("etag")
    again = context.http.send(
        "GET", row.path, actor=actor, headers={"If-None-Match": etag or '"0"'}
    )
    expect.status_is(again, 304, why="it is still the row that has this ETag", before=[answer])
    expect.holds(not again.response.body, "304 without a body", again.text[:80], again)


def _absent(_: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "read", context)
    collection = row.path.rpartition("/")[0]
    answer = context.http.send("GET", f"{collection}/{uuid4()}", actor=actor)
    expect.problem(answer, 404, why="there is no such row")
    for odd in ("0", "not-an-id", "%00", "-1", "1e9", "null"):
        answer = context.http.send("GET", f"{collection}/{odd}", actor=actor)
        expect.problem(answer, 404, 422, why=f"`{odd}` is no id")


def _update(_: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "update", context)
    before = expect.set_up(context.http.send("GET", row.path, actor=actor), 200)
    headers = _headers(entity, before.header("etag"))
    refused: list[Exchange] = []
    changes = _changes(entity, context, row.body)
    # One field alone, or all together where a rule ties them to one another.
    together = [changes] if len(changes) > 1 else []
    for change in [*({name: value} for name, value in changes.items()), *together]:
        answer = context.http.send("PATCH", row.path, actor=actor, json=change, headers=headers)
        if answer.status in (409, 422):
            refused.append(answer)
            continue
        expect.status_is(answer, 200, before=[before])
        _only_changed(entity, change, before, answer)
        return
    if refused:
        raise SetUpFailed(f"every change tried was refused by a rule: {refused[0]}", refused)
    raise NotApplicable("no field that this actor may change freely")


def _changes(entity: Entity, context: Context, body: Mapping[str, Any]) -> dict[str, Any]:
    """Values that differ from the row's, by field."""
    other = context.world.draft(entity.name).body
    changes: dict[str, Any] = {}
    for field in changeable_fields(entity):
        if field.private or field.visible_to or field.name not in body:
            continue
        if field.name in other and not same(field, other[field.name], body[field.name]):
            changes[field.name] = other[field.name]
        elif isinstance(body[field.name], bool):
            changes[field.name] = not body[field.name]
    return changes


def _only_changed(
    entity: Entity, change: Mapping[str, Any], before: Exchange, answer: Exchange
) -> None:
    old, new = before.json, answer.json
    for name, value in change.items():
        expect.holds(
            same(entity.fields[name], value, new.get(name)),
            f"`{name}` changed to {value!r}",
            repr(new.get(name)),
            before,
            answer,
            claim=f"answer.json()[{name!r}] == {value!r}",
        )
    worked_out = {field.name for field in entity.fields.values() if field.read_only}
    free = {*change, "updated_at"} | worked_out
    others = sorted(key for key in old if key not in free and old[key] != new.get(key))
    expect.holds(
        not others or bool(entity.effects),
        "no other field changed",
        f"also changed: {others}",
        before,
        answer,
    )
    tags = before.header("etag"), answer.header("etag")
    if not any(old.get(name) != new.get(name) for name in change):
        expect.holds(
            tags[0] == tags[1], "the ETag as before", f"a new one, {tags[1]}", before, answer
        )
        return
    expect.holds(tags[0] != tags[1], "a new ETag", f"the same ETag {tags[1]}", before, answer)
    advanced = str(new.get("updated_at")) >= str(old.get("updated_at"))
    expect.holds(advanced, "`updated_at` not before the old one", "an earlier one", before, answer)


def _nothing(_: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "update", context)
    before = expect.set_up(context.http.send("GET", row.path, actor=actor), 200)
    headers = _headers(entity, before.header("etag"))
    answer = context.http.send("PATCH", row.path, actor=actor, json={}, headers=headers)
    expect.status_is(answer, 200, before=[before])
    expect.holds(answer.json == before.json, "the row as it was", answer.text[:300], before, answer)
    tags = before.header("etag"), answer.header("etag")
    expect.holds(tags[0] == tags[1], f"the ETag {tags[0]}", f"{tags[1]}", before, answer)


def _stale(_: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "update", context)
    before = expect.set_up(context.http.send("GET", row.path, actor=actor), 200)
    changes = _changes(entity, context, row.body)
    if not changes:
        raise NotApplicable("no field that this actor may change freely")
    name = next(iter(changes))
    attempts = [({"If-Match": '"no-such-version"'}, 412)]
    if entity.guarded:
        attempts.append(({}, 428))
    for headers, status in attempts:
        answer = context.http.send(
            "PATCH", row.path, actor=actor, json={name: changes[name]}, headers=headers
        )
        expect.problem(answer, status, why="the row has another ETag" if headers else "guarded")
        after = context.http.send("GET", row.path, actor=actor)
        expect.holds(after.json == before.json, "the row unchanged", "a change", answer, after)


def _delete(_: Application, entity: Entity, context: Context) -> None:
    row, actor = _made(entity, "delete", context)
    answer = context.http.send("DELETE", row.path, actor=actor, headers=_headers(entity, row.etag))
    if answer.status == 409:
        raise SetUpFailed(f"a rule keeps the row: {answer.text[:200]}", (answer,))
    expect.status_is(answer, 204)
    if "read" not in entity.actions:
        return
    gone = context.http.send("GET", row.path, actor=actor)
    expect.problem(gone, 404, why="it was deleted", before=[answer])
    if "list" in entity.actions:
        page = context.http.send("GET", row.path.rpartition("/")[0], actor=actor)
        expect.holds(row.id not in page.text, "not in the list any more", "listed", answer, page)
