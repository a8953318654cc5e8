"""Repair by a model: round by round, within bounds, as long as it leads somewhere."""

from __future__ import annotations

import json
from collections.abc import Callable

from local_engine.generator.agents.repairing import (
    ExtensionPoint,
    Failure,
    Proposal,
    RepairTask,
)
from local_engine.generator.blueprint.editing import apply_edits
from local_engine.repair.blaming import guilty_extension
from local_engine.repair.events import Found, OnEvent
from local_engine.repair.regenerating import NotGenerated, regenerated
from local_engine.repair.retrying import confirmed
from local_engine.repair.standing import Standing, in_words, is_better, merged, newly_failing
from local_engine.repair.state import State
from local_engine.repair.traces import trace_of
from local_engine.verification import Result

ROUNDS = 3

Ask = Callable[[RepairTask], Proposal]
"""Asks a model; bounded by whoever hands it over, in tokens and money."""


def model_rounds(state: State, ask: Ask, on_event: OnEvent) -> str:
    """Improve the state by what a model proposes; gives the reason for which this ended.

    Ends after three rounds, where nothing fails any more, where the same failures or the same patch
    come again, and where the model has nothing to propose, its budget spent, say.
    """
    seen, patches, earlier = {state.standing.signature}, set[str](), list[str]()
    for number in range(1, ROUNDS + 1):
        proposal = ask(_task(state, tuple(earlier)))
        if proposal.problem:
            return proposal.problem
        key = _key(proposal)
        if key in patches:
            return "The model proposed the same patch again."
        patches.add(key)
        on_event(Found(f"round {number}: {proposal.why}"))
        try:
            standing, keep = _tried(state, proposal)
        except NotGenerated as reason:
            earlier.append(f"{proposal.why} It could not be generated: {reason}")
            continue
        if is_better(state.standing, standing):
            keep()
            earlier.clear()
            if standing.is_clean:
                return "Everything passes."
            state.standing = confirmed(state.trials, standing)  # with what it writes as it fails
        elif standing.signature in seen:
            return "The same failures came again: the model has no cure for them."
        on_event(Found(in_words(standing)))
        earlier.append(_came_of(proposal, state.standing, standing))
        seen.add(standing.signature)
    return f"{ROUNDS} rounds are over."


def _tried(state: State, proposal: Proposal) -> tuple[Standing, Callable[[], None]]:
    """How the project would stand, and what makes it so in the state."""
    if proposal.edits:
        return _with_edits(state, proposal)
    changes = {path: text.encode() for path, text in proposal.files.items()}
    title = f"Repaired {', '.join(changes)}"
    before = state.standing
    if before.failing_groups:  # what failed shows soon whether it is worth checking all
        some = merged(before, state.trials.some(changes, before.failing_groups, title))
        if not is_better(before, some):
            return some, lambda: None
    standing = state.trials.all(changes, title)
    return standing, lambda: state.change(title, changes, standing)


def _with_edits(state: State, proposal: Proposal) -> tuple[Standing, Callable[[], None]]:
    document = apply_edits(state.document, list(proposal.edits)).document
    trials = state.trials
    files = regenerated(state.folder, state.files, document, trials.place)
    title = "Repaired the Blueprint"
    standing = trials.of_another(document.application, files, "another Blueprint")
    return standing, lambda: state.regenerate(title, document, files, standing)


def _task(state: State, earlier: tuple[str, ...]) -> RepairTask:
    standing = state.standing
    path = guilty_extension(state.generated, state.files, standing)
    extension = None
    if path is not None:
        text, stub = state.files[path].decode(), state.generated[path].decode()
        extension = ExtensionPoint(path, text, stub)
    failures = tuple(_failure(one) for one in standing.failing)
    trace = trace_of(standing.logs, standing.trouble)
    return RepairTask(state.document, failures, trace, extension, earlier)


def _failure(result: Result) -> Failure:
    evidence = result.evidence
    expected, found = (evidence.expected, evidence.found) if evidence else ("", result.reason)
    return Failure(result.check, result.sentence, expected, found, result.requests)


def _key(proposal: Proposal) -> str:
    """The same for the same patch."""
    edits = [edit.plain() for edit in proposal.edits]
    return json.dumps([edits, dict(proposal.files)], sort_keys=True, default=str)


def _came_of(proposal: Proposal, before: Standing, after: Standing) -> str:
    lost = newly_failing(before, after)
    worse = f"; newly failing: {', '.join(lost[:5])}" if lost else ""
    return f"{proposal.why} Then: {in_words(after)}{worse}."
