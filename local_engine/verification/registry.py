"""Which groups of checks there are, in the order of a report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Check
from local_engine.verification.context import Context


@dataclass(frozen=True)
class Group:
    """A group of checks that follow from an application.

    `title` says what the group shows. `prepare` is called once the actors are made, to start slow
    work in the background. Groups with `fresh` begin on a fresh copy of the template database; the
    others run first, without actors. `waits` marks one whose results are collected last, `alone`
    one that measures time and wants no other group beside it. `effort` says how long it takes
    compared with others: the longest begin first.
    """

    name: str
    title: str
    checks: Callable[[Application], Iterable[Check]]
    prepare: Callable[[Context], None] | None = None
    fresh: bool = True
    waits: bool = False
    alone: bool = False
    effort: int = 1
