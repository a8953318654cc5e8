"""Resolves states and transitions, and finds states that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator

from local_engine.generator.blueprint import model, resolved
from local_engine.generator.blueprint.problems import Path, closest
from local_engine.generator.blueprint.resolving.actors import ActorReader
from local_engine.generator.blueprint.resolving.context import Context
from local_engine.generator.blueprint.resolving.earlier import check_earlier_names
from local_engine.generator.blueprint.resolving.effects import EffectResolver
from local_engine.generator.blueprint.resolving.inputs import resolve_inputs
from local_engine.generator.blueprint.resolving.names import check_name
from local_engine.generator.blueprint.resolving.outline import Outline
from local_engine.generator.blueprint.resolving.requirements import resolve_requirements
from local_engine.generator.blueprint.resolving.scenes import acted


def resolve_states(
    context: Context, outline: Outline, effects: EffectResolver
) -> resolved.StateMachine | None:
    """The states of an entity; None where it has none."""
    source = outline.source.states
    if source is None or outline.state_field is None:
        return None
    path: Path = ("entities", outline.name, "states")
    _check_states(context, outline, source, path)
    check_earlier_names(context, source.was, outline.states, (*path, "was"), "state")
    transitions = {
        name: _transition(context, outline, name, transition, effects, path)
        for name, transition in source.transitions.items()
    }
    return resolved.StateMachine(
        outline.state_field, source.initial, outline.states, transitions, source.was
    )


def _transition(
    context: Context,
    outline: Outline,
    name: str,
    source: model.Transition,
    effects: EffectResolver,
    path: Path,
) -> resolved.Transition:
    path = (*path, "transitions", name)
    check_name(context, name, path, "name", words=False)
    access = ActorReader(context, outline).read(source.by, (*path, "by"))
    if access.nobody:
        context.error(path, "nobody", f"Nobody may do `{name}`: say who with `by`.", at_key=True)
    inputs = resolve_inputs(context, source.input, (*path, "input"))
    scene = acted(context, outline, inputs.record, access)
    requirements = resolve_requirements(
        context, source.require, scene.names, f"{outline.snake}.{name}", (*path, "require")
    )
    for requirement in requirements:
        scene.names = scene.names.given(requirement.expression)
    return resolved.Transition(
        name=name,
        sources=_sources(outline, source),
        target=source.to,
        access=access,
        inputs=inputs.fields,
        requirements=requirements,
        effects=effects.resolve(source.effects, scene, (*path, "effects")),
    )


def _sources(outline: Outline, source: model.Transition) -> tuple[str, ...]:
    return outline.states if "any" in source.from_ else tuple(source.from_)


def _check_states(context: Context, outline: Outline, source: model.States, path: Path) -> None:
    if not source.transitions:
        message = "There are no transitions, so the state could never change: use an enum field."
        context.error(path, "dead-states", message, at_key=True)
    for state, where in _mentions(source, path):
        if state != "any":
            check_name(context, state, where, "state", words=False)
    for name, transition in source.transitions.items():
        at = (*path, "transitions", name)
        if transition.to == "any":
            context.error((*at, "to"), "unknown-state", "Name the state that it leads to.")
        if "any" in transition.from_ and len(transition.from_) > 1:
            context.error(
                (*at, "from"), "contradiction", "`any` is all states: leave the rest out."
            )
        if not transition.from_:
            context.error((*at, "from"), "missing-key", "Name the state that it starts from.")
    _check_reachable(context, outline, source, path)


def _mentions(source: model.States, path: Path) -> Iterator[tuple[str, Path]]:
    yield source.initial, (*path, "initial")
    for name, transition in source.transitions.items():
        at = (*path, "transitions", name)
        for index, state in enumerate(transition.from_):
            yield state, (*at, "from", index)
        yield transition.to, (*at, "to")


def _check_reachable(context: Context, outline: Outline, source: model.States, path: Path) -> None:
    """A state that nothing leads to is most often a misspelt one."""
    starts = {state for transition in source.transitions.values() for state in transition.from_}
    if source.transitions and not starts & {source.initial, "any"}:
        message = f"No transition starts from the initial state `{source.initial}`."
        suggestion = closest(source.initial, starts)
        context.error((*path, "initial"), "unreachable-state", message, suggestion)
        return
    reached = {source.initial}
    while True:
        more = {
            transition.to
            for transition in source.transitions.values()
            if "any" in transition.from_ or reached & set(transition.from_)
        }
        if more <= reached:
            break
        reached |= more
    for state, where in _mentions(source, path):
        if state not in reached and state != "any":
            message = f"No transition leads from `{source.initial}` to the state `{state}`."
            known = [other for other in outline.states if other in reached]
            context.error(where, "unreachable-state", message, closest(state, known))
