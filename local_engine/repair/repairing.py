"""Repairs a project as far as that goes: what is found, what was tried, the best candidate."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.generator.blueprint import load
from local_engine.projects import Project
from local_engine.projects.sides import sides_of
from local_engine.repair.candidate import BLUEPRINT, Candidate
from local_engine.repair.copies import workplace
from local_engine.repair.events import Found, OnEvent, Tries, ignore
from local_engine.repair.hunks import Hunk, hunks_of
from local_engine.repair.retrying import confirmed, first_standing
from local_engine.repair.rounds import Ask, model_rounds
from local_engine.repair.standing import Standing, in_words, is_better
from local_engine.repair.state import State
from local_engine.repair.taking_back import take_back
from local_engine.repair.trying import Trials, Where
from local_engine.verification import Verdict


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


def repair(
    project: Project, order: Order, on_event: OnEvent = ignore, ask: Ask | None = None
) -> Outcome:
    """Look for the best candidate; the user's folder stays as it is.

    What was changed by hand is kept as a version first. `ask` asks a model; without, none is asked.
    Raises BlueprintErrors, ProjectError; one of `MACHINE_FAILS` where the machine fails twice.
    """
    sides = sides_of(project)
    document = load(sides.present[BLUEPRINT].decode())
    with workplace() as place:
        trials = Trials(
            document.application, sides.present, place, order.seed, order.where, order.groups
        )
        trials.on_try = lambda number, what: on_event(Tries(number, what))
        first = first_standing(trials)
        state = State(project.folder, sides, document, trials, first)
        if first.is_clean:
            return _outcome(state, first, "Everything passes: there is nothing to repair.")
        state.standing = before = confirmed(trials, first)
        if before.is_clean:
            words = "It passed when it was tried again: the machine was to blame."
            return _outcome(state, before, words)
        on_event(Found(in_words(before)))
        taken_back = _take_back(state, on_event)
        stopped = _go_on(state, ask, on_event)
        return _outcome(state, before, stopped, taken_back)


def _take_back(state: State, on_event: OnEvent) -> tuple[Hunk, ...]:
    """Take the guilty edits of generated code back in the state; gives them."""
    hunks = hunks_of(state.generated, state.files)
    if not hunks:
        return ()
    count = len(hunks)
    places = "place" if count == 1 else "places"
    on_event(Found(f"generated code was edited by hand in {count} {places}"))
    found = take_back(state.trials, state.generated, hunks, state.standing)
    if found is None or not is_better(state.standing, found.standing):
        on_event(Found("it fails without these edits, too: they stay"))
        return ()
    on_event(Found(f"guilty: {', '.join(hunk.place for hunk in found.hunks)}"))
    count = len(found.hunks)
    title = f"Took back {count} {'edit' if count == 1 else 'edits'} that broke it"
    state.change(title, found.changes, found.standing)
    return found.hunks


def _go_on(state: State, ask: Ask | None, on_event: OnEvent) -> str:
    """Have a model mend what fails still; gives the reason for which the repair ended."""
    if state.standing.is_clean:
        return "Everything passes."
    if ask is None:
        return "Nothing more can be done without a model."
    return model_rounds(state, ask, on_event)


def _outcome(
    state: State, before: Standing, stopped: str, taken_back: tuple[Hunk, ...] = ()
) -> Outcome:
    after, trials = state.standing, state.trials
    advice = _advice(after, trials.where)
    return Outcome(before, after, state.candidate(), taken_back, stopped, trials.count, advice)


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
