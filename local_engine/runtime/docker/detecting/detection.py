"""Looks at one place after the other until an engine answers."""

from __future__ import annotations

from dataclasses import dataclass

from local_engine.runtime.docker.detecting.places import (
    Place,
    Program,
    installed_program,
    places,
)
from local_engine.runtime.docker.detecting.probe import TIMEOUT_SECONDS, Answer, probe
from local_engine.runtime.docker.detecting.states import (
    EngineState,
    how_to_get_permission,
    how_to_install,
    how_to_start,
)
from local_engine.runtime.docker.detecting.surroundings import SETTING, Surroundings
from local_engine.runtime.docker.errors import EngineUnusable


@dataclass(frozen=True)
class Engine:
    """An engine that can be used; `source` says in words how it was found."""

    url: str
    api: str
    version: str
    product: str
    source: str


@dataclass(frozen=True)
class Found:
    """What came of the search: an engine, or a state other than READY; always with words."""

    state: EngineState
    text: str
    advice: str = ""
    engine: Engine | None = None


def find_engine(surroundings: Surroundings | None = None) -> Engine:
    """The engine to use. Raises `EngineUnusable` with what is wrong and what to do."""
    found = look(surroundings)
    if found.engine is None:
        raise EngineUnusable("\n".join(filter(None, (found.text, found.advice))))
    return found.engine


def look(surroundings: Surroundings | None = None, timeout_seconds: int = TIMEOUT_SECONDS) -> Found:
    """Look for an engine. What is told if there is none is what is most worth mending."""
    around = surroundings or Surroundings()
    failures: list[tuple[Place, Answer]] = []
    for place in places(around):
        answer = _asked(place, timeout_seconds)
        if answer.state is EngineState.READY:
            return _usable(place, answer, failures)
        failures.append((place, answer))
    return _unusable(around, failures)


def _asked(place: Place, timeout_seconds: int) -> Answer:
    if place.url is None:
        return Answer(EngineState.STALE_CONTEXT, f"{place.source} is not described any more")
    return probe(place.url, timeout_seconds)


def _usable(place: Place, answer: Answer, failures: list[tuple[Place, Answer]]) -> Found:
    assert place.url is not None
    text = f"{answer.text} ({place.source})"
    passed_over = next((one for one, _ in failures if one.context), None)
    passing = f"{passed_over.source} does not answer; this engine does." if passed_over else ""
    advice = " ".join(filter(None, (passing, answer.advice)))
    engine = Engine(place.url, answer.api, answer.version, answer.product, place.source)
    return Found(EngineState.READY, text, advice, engine)


def _unusable(around: Surroundings, failures: list[tuple[Place, Answer]]) -> Found:
    for place, answer in failures:
        if place.chosen:
            return _chosen_unusable(around, place, answer)
    for place, answer in failures:
        if answer.state not in (EngineState.NOT_STARTED, EngineState.STALE_CONTEXT):
            return _worded(around, place, answer)
    for place, answer in failures:
        if place.context:
            return Found(
                EngineState.STALE_CONTEXT,
                f"{_capital(place.source)} leads nowhere: {answer.text}.",
                "Start the engine it is for, or choose another one: docker context use default",
            )
    program = installed_program(around)
    if program is None:
        return Found(
            EngineState.NOT_INSTALLED, "Docker is not installed.", how_to_install(around.system)
        )
    return _not_started(around, program)


def _not_started(around: Surroundings, program: Program) -> Found:
    return Found(
        EngineState.NOT_STARTED,
        f"{program.product} is installed ({program.path}), but no engine answers.",
        how_to_start(program.product, around.system),
    )


def _chosen_unusable(around: Surroundings, place: Place, answer: Answer) -> Found:
    if answer.state is not EngineState.NOT_STARTED:
        return _worded(around, place, answer)
    advice = f"Start the engine, or unset {place.source}: another one is looked for then."
    text = f"{place.source} is {place.url}, and {answer.text}."
    return Found(EngineState.NOT_STARTED, text, advice)


def _worded(around: Surroundings, place: Place, answer: Answer) -> Found:
    advice = answer.advice
    if answer.state is EngineState.NO_PERMISSION:
        advice = how_to_get_permission(around.system)
    elif not advice:
        advice = f"Start it anew, or name another engine's address in {SETTING}."
    text = answer.text if answer.text.endswith(".") else f"{_capital(answer.text)}."
    return Found(answer.state, f"{text[:-1]} ({place.source}).", advice)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
