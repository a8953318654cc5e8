"""Static: the project's files by themselves.

All of it is worked out in the background, while the other groups wait for the service.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.context import Context
from local_engine.verification.groups.static import code, migrations, routes, secrets, tools
from local_engine.verification.registry import Group


def checks(_: Application) -> Iterator[Check]:
    """The checks of this group."""
    for check, run in _all():
        yield replace(check, run=partial(_collect, check.id, run))


def _all() -> Iterator[tuple[Check, Callable[[Context], None]]]:
    for part in (code, tools, routes, secrets, migrations):
        for check in part.checks():
            if check.run is not None:
                yield check, check.run


def _prepare(context: Context) -> None:
    """Begin with what takes longest; one after another, as the service needs the other core."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="static")
    for check, run in sorted(_all(), key=lambda item: item[0].id != "static.types"):
        context.background[check.id] = pool.submit(run, context)
    pool.shutdown(wait=False)


def _collect(check_id: str, run: Callable[[Context], None], context: Context) -> None:
    begun = context.background.get(check_id)
    if begun is None:
        run(context)
    else:
        begun.result()


GROUP = Group(
    "static",
    "The code compiles, is typed, and holds no secret",
    checks,
    prepare=_prepare,
    fresh=False,
    waits=True,
)
