"""Ways to send one value of one field: when a row is created, or to a row that exists."""

from dataclasses import dataclass
from typing import Any

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import CheckFailed, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.http import Exchange
from local_engine.verification.world import Created, Draft


@dataclass(frozen=True)
class Existing:
    """A row and who may change it."""

    path: str
    actor: Actor
    headers: dict[str, str]
    before: Exchange


def draft_of(entity: Entity, context: Context) -> Draft:
    """A draft that is shared by the checks that expect a refusal: it is never made a row."""
    return context.once(("draft", entity.name), lambda: context.world.draft(entity.name))


def existing(entity: Entity, context: Context) -> Existing:
    """A row that is shared by the checks that expect a refusal: it never changes."""
    return context.once(("existing", entity.name), lambda: _existing(entity, context))


def sample_of(entity: Entity, context: Context) -> Created:
    """A row that is shared by the checks that expect a refusal; raises SetUpFailed."""
    return context.once(("sample", entity.name), lambda: context.world.create(entity.name))


def _existing(entity: Entity, context: Context) -> Existing:
    row = sample_of(entity, context)
    actor = context.world.who_can(entity.name, "update", row)
    if actor is None:
        raise NotApplicable("no actor at hand may update such a row")
    before = expect.set_up(context.http.send("GET", row.path, actor=actor), 200)
    headers = {"If-Match": before.header("etag")} if entity.guarded else {}
    return Existing(row.path, actor, headers, before)


def create_with(context: Context, draft: Draft, name: str, value: Any) -> Exchange:
    """Ask for a new row as drafted, but with this value."""
    body = {**draft.body, name: value}
    return context.http.send("POST", draft.path, actor=draft.actor, json=body)


def change_to(context: Context, row: Existing, name: str, value: Any) -> Exchange:
    """Ask to change one field of the row."""
    return context.http.send(
        "PATCH", row.path, actor=row.actor, json={name: value}, headers=row.headers
    )


def refused(answer: Exchange, name: str, what: str) -> None:
    """The value was refused with 422 naming the field; `what` says what was wrong with it."""
    if answer.status < 300:
        raise CheckFailed(
            f"`{name}` refused with 422: {what}",
            f"accepted with {answer.status}",
            (answer,),
            claim="answer.status_code == 422",
        )
    expect.names_field(answer, name)


def unchanged(context: Context, row: Existing) -> None:
    """The row is as it was before."""
    after = context.http.send("GET", row.path, actor=row.actor)
    expect.holds(
        after.json == row.before.json,
        "the row unchanged after all refusals",
        after.text[:300],
        row.before,
        after,
    )
