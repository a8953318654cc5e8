"""Idempotency-Key: the same request again gives the stored answer, and one effect."""

from collections.abc import Iterator
from functools import partial
from uuid import uuid4

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.world import Draft

_BAD_KEYS = ("x" * 256, "with space", "tab\tkey")


def checks(entity: Entity) -> Iterator[Check]:
    """Checks of one entity's creation."""
    if "create" not in entity.actions:
        return
    name = entity.name.lower()
    yield Check(
        f"contract.idempotency.{name}",
        f"Creating a {entity.name} again with the same Idempotency-Key gives the same answer.",
        partial(_same_again, entity),
    )
    yield Check(
        f"contract.idempotency.bad_key.{name}",
        f"An Idempotency-Key that cannot be one is refused when creating a {entity.name}.",
        partial(_bad_key, entity),
    )


def _draft(entity: Entity, context: Context) -> Draft:
    draft = context.world.draft(entity.name)
    if draft.actor.token is None:
        raise NotApplicable("only requests of signed-in users have an Idempotency-Key")
    return draft


def _same_again(entity: Entity, context: Context) -> None:
    draft = _draft(entity, context)
    key = {"Idempotency-Key": str(uuid4())}

    first = context.http.send("POST", draft.path, actor=draft.actor, json=draft.body, headers=key)
    expect.set_up(first, 200, 201)
    again = context.http.send("POST", draft.path, actor=draft.actor, json=draft.body, headers=key)
    expect.status_is(again, first.status, why="the stored answer", before=[first])
    expect.holds(again.json == first.json, "the same body again", again.text[:200], first, again)
    expect.holds(
        again.header("idempotency-replayed") == "true",
        "the header Idempotency-Replayed: true",
        "no such header",
        first,
        again,
        claim="answer.headers['idempotency-replayed'] == 'true'",
    )
    other = {**draft.body, "another": "body"}
    changed = context.http.send("POST", draft.path, actor=draft.actor, json=other, headers=key)
    expect.problem(changed, 409, why="the key was used with another body", before=[first])


def _bad_key(entity: Entity, context: Context) -> None:
    draft = _draft(entity, context)
    for key in _BAD_KEYS:
        headers = {"Idempotency-Key": key}
        answer = context.http.send(
            "POST", draft.path, actor=draft.actor, json=draft.body, headers=headers
        )
        expect.problem(answer, 422, why=f"{key[:20]!r} is not 1 to 255 visible ASCII characters")
