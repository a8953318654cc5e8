"""Repairs a project as far as that goes: what is found, what was tried, the best candidate."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.projects.sides import Sides, sides_of
from local_engine.repair.candidate import Candidate
from local_engine.repair.copies import workplace
from local_engine.repair.events import Found, OnEvent, Tries, ignore
from local_engine.repair.hunks import Hunk, hunks_of
from local_engine.repair.retrying import confirmed, first_standing
from local_engine.repair.standing import Standing, in_words, is_better
from local_engine.repair.taking_back import take_back
from local_engine.repair.trying import Changes, Trials, Where
from local_engine.verification import Verdict

BLUEPRINT = "blueprint.yaml"


@dataclass(frozen=True)
class Order:
    """What is asked for: how candidates run, and which groups of checks count (None: all)."""

    seed: int = 0
    where: Where = "process"
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a repair came to. `candidate` is the best one; None where nothing is better.

    `before` and `after` say how the project stands, `taken_back` which of the user's hunks go,
    `stopped` why it ended, `trials` how often something was verified, `advice` what a person can
    do about what still fails.
    """

    before: Standing
    after: Standing
    candidate: Candidate | None
    taken_back: tuple[Hunk, ...]
    stopped: str
    trials: int
    advice: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing fails, with the candidate if there is one."""
        return self.after.is_clean


def repair(project: Project, order: Order, on_event: OnEvent = ignore) -> Outcome:
    """Look for the best candidate; the user's folder stays as it is.

    What was changed by hand is kept as a version first. Raises BlueprintErrors, ProjectError;
    one of `MACHINE_FAILS` where the machine fails twice.
    """
    sides = sides_of(project)
    document = load(sides.present[BLUEPRINT].decode())
    with workplace() as place:
        trials = Trials(
            document.application, sides.present, place, order.seed, order.where, order.groups
        )
        return _Repair(sides, trials, on_event).run()


class _Repair:
    """One repair while it runs: the changes so far, and how the project stands with them."""

    def __init__(self, sides: Sides, trials: Trials, on_event: OnEvent) -> None:
        self._sides = sides
        self._trials = trials
        self._tell = on_event
        self._changes: Changes = {}
        self._taken_back: tuple[Hunk, ...] = ()
        trials.on_try = lambda what: on_event(Tries(trials.count, what))

    def run(self) -> Outcome:
        """Look for what is guilty, the cheapest means first."""
        first = first_standing(self._trials)
        if first.is_clean:
            return self._ended(first, first, "Everything passes: there is nothing to repair.")
        before = confirmed(self._trials, first)
        if before.is_clean:
            return self._ended(
                before, before, "It passed when it was tried again: the machine was to blame."
            )
        self._tell(Found(in_words(before)))
        after = self._without_guilty_edits(before)
        return self._ended(before, after, _reason(after))

    def _without_guilty_edits(self, before: Standing) -> Standing:
        hunks = hunks_of(self._sides.generated, self._sides.present)
        if not hunks:
            return before
        self._tell(Found(f"{len(hunks)} places of generated code were edited by hand"))
        found = take_back(self._trials, self._sides.generated, hunks, before)
        if found is None or not is_better(before, found.standing):
            self._tell(Found("it fails without these edits, too: they stay"))
            return before
        self._changes, self._taken_back = found.changes, found.hunks
        places = ", ".join(hunk.place for hunk in found.hunks)
        self._tell(Found(f"guilty: {places}"))
        return found.standing

    def _ended(self, before: Standing, after: Standing, stopped: str) -> Outcome:
        candidate = None
        if self._changes:
            count = len(self._taken_back)
            title = f"Took back {count} {'edit' if count == 1 else 'edits'} that broke it"
            candidate = Candidate.of(title, self._changes, self._sides.present)
        advice = _advice(after, self._trials.where)
        return Outcome(
            before, after, candidate, self._taken_back, stopped, self._trials.count, advice
        )


def _advice(after: Standing, where: Where) -> tuple[str, ...]:
    """What a person can do about what still fails."""
    if after.is_clean:
        return ()
    found = ["look at each failure with the way to repeat it: verify --report reports"]
    if any(one.verdict is Verdict.INCONCLUSIVE for one in after.failing):
        found.append("repeat it when the machine is less busy: some checks could not be made")
    if where == "process" and not after.starts:
        found.append("see what it says as it starts: run")
    return tuple(found)


def _reason(after: Standing) -> str:
    if after.is_clean:
        return "Everything passes."
    return "Nothing more can be done without a model."
