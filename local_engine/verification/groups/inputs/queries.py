"""Query parameters with what should never reach SQL or a path."""

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Entity
from local_engine.verification import expect
from local_engine.verification.actors import Actor
from local_engine.verification.checks import Check, NotApplicable
from local_engine.verification.context import Context
from local_engine.verification.groups.contract.filters import TEXTS
from local_engine.verification.groups.inputs.fields import MARKERS
from local_engine.verification.http import Exchange

# Begun with a letter that no stored marker begins with: nothing is equal to any of them.
_ODD = (
    *(f"q{marker}" for marker in MARKERS),
    "\x00",
    "\ud800",
    "%",
    "_",
    "*",
    "x" * 5000,
    "1); SELECT pg_sleep(5); --",
)
_SLOW_SECONDS = 3.0


def checks(entity: Entity) -> Iterator[Check]:
    """Checks of one entity's list."""
    if "list" not in entity.actions:
        return
    name = entity.name.lower()
    yield Check(
        f"input.list.{name}.parameters",
        f"Markers of injection in the parameters of the list of {entity.name} change nothing.",
        partial(_parameters, entity),
    )
    if any(field.search for field in entity.fields.values()):
        yield Check(
            f"input.list.{name}.search",
            f"Markers of injection in a search of {entity.name} are words to search for.",
            partial(_search, entity),
        )


def _listed(entity: Entity, context: Context) -> tuple[str, Actor]:
    row = context.once(("listed", entity.name), lambda: context.world.create(entity.name))
    actor = context.world.who_can(entity.name, "list", row)
    if actor is None:
        raise NotApplicable("no actor at hand may list such rows")
    return row.path.rpartition("/")[0], actor


def _parameters(entity: Entity, context: Context) -> None:
    path, actor = _listed(entity, context)
    strict = ["sort", "cursor", "limit", "no_such_parameter"]
    free: list[str] = []
    for field in entity.fields.values():
        if field.filter and not field.private and not field.visible_to:
            (free if field.type in TEXTS else strict).append(field.name)
    for value in _ODD:
        for parameter in strict:
            answer = context.http.send("GET", path, actor=actor, params={parameter: value})
            _swift(expect.problem(answer, 422, why=f"{parameter}={value[:30]!r}"))
        for parameter in free:
            answer = context.http.send("GET", path, actor=actor, params={parameter: value})
            _swift(_nothing_found(answer))


def _search(entity: Entity, context: Context) -> None:
    path, actor = _listed(entity, context)
    for value in _ODD:
        answer = context.http.send("GET", path, actor=actor, params={"q": value})
        _swift(expect.status_is(answer, 200, 422))


def _nothing_found(answer: Exchange) -> Exchange:
    expect.status_is(answer, 200, 422)
    items = answer.json.get("items") if answer.status == 200 else []
    expect.holds(items == [], "no row equal to that text", f"{len(items)} rows", answer)
    return answer


def _swift(answer: Exchange) -> None:
    expect.holds(
        answer.seconds < _SLOW_SECONDS,
        f"an answer within {_SLOW_SECONDS:g} s: nothing of it is run",
        f"{answer.seconds:.1f} s",
        answer,
    )
