"""Load: pages of a large table cost what pages of a small one cost."""

from collections.abc import Iterator
from functools import partial

from local_engine.generator.blueprint.resolved import Application, Entity
from local_engine.verification import expect
from local_engine.verification.checks import Check, CheckFailed, NotApplicable
from local_engine.verification.context import Context, together
from local_engine.verification.groups.contract.listing import listing
from local_engine.verification.groups.load.clones import clone
from local_engine.verification.groups.load.timing import Timing, measure
from local_engine.verification.registry import Group

SMALL, LARGE = 100, 5_000
_MOST_ENTITIES = 8
_TIMES_AS_SLOW = 3.0
_SLACK = 0.004
_SECONDS_A_ROW = 0.0002  # a query of its own takes longer, building JSON does not
_BUDGET_P95 = 0.25
_CONNECTIONS, _EACH = 20, 4


def checks(application: Application) -> Iterator[Check]:
    """The checks of this group."""
    entities = [e for e in application.own_entities if "list" in e.actions]
    for entity in entities[:_MOST_ENTITIES]:
        name = entity.name.lower()
        for aspect, sentence, run in (
            ("size", "A page of many {} takes hardly longer than one of few.", _size),
            ("rows", "A row more on a page of {} costs no query more (no N+1).", _per_row),
            ("p95", f"A page of {{}} comes within {_BUDGET_P95 * 1000:.0f} ms (p95).", _p95),
        ):
            run_it = partial(run, entity)
            yield Check(f"load.{aspect}.{name}", sentence.format(entity.name), run_it)
    for entity in entities[:1]:
        sentence = f"{_CONNECTIONS} clients at once all get their pages of {entity.name}."
        yield Check("load.concurrent", sentence, partial(_concurrent, entity))


GROUP = Group("load", "Large tables stay as cheap as small ones", checks, alone=True)


def _measured(entity: Entity, context: Context) -> dict[str, Timing]:
    """Times with few rows and many; measured once for all checks of the entity."""
    return context.once(("times", entity.name), lambda: _measure(entity, context))


def _measure(entity: Entity, context: Context) -> dict[str, Timing]:
    where = listing(entity, context)
    clone(context.controls, entity, where.rows[0].id, SMALL)
    small = measure(context, where, limit=20)
    clone(context.controls, entity, where.rows[0].id, LARGE)
    return {
        "small": small,
        "large": measure(context, where, limit=20),
        "one": measure(context, where, limit=1),
        "hundred": measure(context, where, limit=100),
    }


def _size(entity: Entity, context: Context) -> None:
    times = _measured(entity, context)
    small, large = times["small"], times["large"]
    if large.least > small.least * _TIMES_AS_SLOW + _SLACK:
        raise CheckFailed(
            f"with {LARGE} rows about the time as with {SMALL}: {small}", str(large), (large.last,)
        )


def _per_row(entity: Entity, context: Context) -> None:
    one, hundred = _measured(entity, context)["one"], _measured(entity, context)["hundred"]
    found = len(hundred.last.json["items"])
    if found < 20:
        raise NotApplicable(f"only {found} rows on a page")
    each = (hundred.least - one.least) / (found - 1)
    if each > _SECONDS_A_ROW:
        raise CheckFailed(
            f"at most {_SECONDS_A_ROW * 1e6:.0f} us for each further row",
            f"{each * 1e6:.0f} us: {one} for one row, {hundred} for {found}",
            (hundred.last,),
        )


def _p95(entity: Entity, context: Context) -> None:
    large = _measured(entity, context)["large"]
    if large.p95 > _BUDGET_P95:
        raise CheckFailed(f"p95 within {_BUDGET_P95 * 1000:.0f} ms", str(large), (large.last,))


def _concurrent(entity: Entity, context: Context) -> None:
    where = listing(entity, context)

    def client() -> None:
        for _ in range(_EACH):
            answer = context.http.send("GET", where.path, actor=where.actor)
            expect.status_is(answer, 200, why=f"{_CONNECTIONS} clients at once")

    together([client] * _CONNECTIONS)
